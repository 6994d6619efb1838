package io.millrace.trainer.learn;

/** Learns from the labeled samples alone, with the same views and the same teacher average: the baseline. */
final class SupervisedReplay implements Method {
    private final Gate gate = new ConfidenceGate(1);

    @Override
    public TeacherViews teacherViews(long step) {
        return TeacherViews.NONE;
    }

    @Override
    public Gate gate() {
        return gate;
    }

    @Override
    public float unlabeledLossWeight(long step) {
        return 0;
    }

    @Override
    public GateReason reasonForNone() {
        return GateReason.NOT_USED;
    }
}
