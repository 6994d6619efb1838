package io.millrace.trainer.learn;

/**
 * FixMatch (Sohn et al. 2020, algorithm 1) with a teacher: {@code L = CE(labeled) + lambda * mean_i 1[max p_i >=
 * threshold] CE(student(strong_i), argmax p_i)}.
 *
 * <p>Deviations: {@code p} comes from the EMA teacher, where the paper asks the student; pseudo-labels wait for a warm
 * start and their weight ramps up.
 */
final class FixMatch implements Method {
    private final Gate gate;
    private final PseudoLabelSchedule schedule;

    FixMatch(GateSettings settings, PseudoLabelSchedule schedule) {
        this.gate = new ConfidenceGate(settings.confidenceThreshold());
        this.schedule = schedule;
    }

    @Override
    public TeacherViews teacherViews(long step) {
        return schedule.isActive(step) ? TeacherViews.UNLABELED : TeacherViews.NONE;
    }

    @Override
    public Gate gate() {
        return gate;
    }

    @Override
    public float unlabeledLossWeight(long step) {
        return schedule.weightAt(step);
    }

    @Override
    public GateReason reasonForNone() {
        return GateReason.WARM_START;
    }
}
