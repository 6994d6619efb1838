package io.millrace.trainer.learn;

/**
 * What one method of semi-supervised learning does differently from another: what the teacher must look at, which of its
 * predictions count, and how much. Everything else is {@link TeacherStudentStep}.
 */
public sealed interface Method permits SupervisedReplay, FixMatch, AdaMatch {

    /** What the teacher predicts at a step. */
    enum TeacherViews {
        /** Nothing; the teacher is only averaged. */
        NONE,
        /** Weak views of the unlabeled samples. */
        UNLABELED,
        /** Weak views of the unlabeled and of the labeled samples. */
        UNLABELED_AND_LABELED
    }

    /** The methods by name. */
    enum Name {
        SUPERVISED,
        FIXMATCH,
        ADAMATCH
    }

    /** The method that the settings name. */
    static Method of(LearnSettings settings, int classes) {
        return switch (settings.method()) {
            case SUPERVISED -> new SupervisedReplay();
            case FIXMATCH -> new FixMatch(settings.gate(), settings.pseudoLabels());
            case ADAMATCH -> new AdaMatch(settings.gate(), settings.pseudoLabels(), classes);
        };
    }

    /** What the teacher must look at, at this step. */
    TeacherViews teacherViews(long step);

    /** Which of the teacher's predictions the student learns from. */
    Gate gate();

    /** Weight of the mean cross-entropy over all unlabeled samples, refused ones counted as 0. */
    float unlabeledLossWeight(long step);

    /** Why unlabeled samples are kept out at a step at which the teacher looks at none. */
    GateReason reasonForNone();
}
