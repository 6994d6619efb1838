package io.millrace.trainer.learn;

/** Why the gate let an unlabeled sample teach the student, or did not; docs/METHODS.md has the rules. */
public enum GateReason {
    /** The prediction is sure enough. */
    ACCEPTED,
    /** The prediction is not sure enough. */
    BELOW_THRESHOLD,
    /** Too early: the predictor has hardly learned yet. */
    WARM_START,
    /** Too early: some class has too few labels. */
    FEW_LABELS,
    /** Too early: the teacher is not shown to be better than always naming the most common class. */
    INACCURATE,
    /** After a collapse nobody predicts for a while. */
    HELD_BACK,
    /** The method learns from labels alone. */
    NOT_USED,
    /** Nothing is known of this sample from before. */
    NO_HISTORY,
    /** The frames of its source just before say something else. */
    NO_AGREEMENT,
    /** It looks like none of the classes, says the open-set head. */
    UNKNOWN,
    /** It looks like none of the labeled frames. */
    NOVEL,
    /** Its source is too new to be trusted. */
    NEW_SOURCE,
    /** Its source has its share of what is accepted. */
    SOURCE_QUOTA,
    /** Its class has its share of what is accepted. */
    CLASS_QUOTA;

    /** True when the student must not see the sample at all, not even for a term that learns from refused samples. */
    boolean bars() {
        return switch (this) {
            case NOVEL, NEW_SOURCE, SOURCE_QUOTA, CLASS_QUOTA -> true;
            default -> false;
        };
    }
}
