package io.millrace.trainer.learn;

/**
 * AdaMatch (Berthelot et al. 2022) with a teacher: FixMatch's loss behind an {@link AlignedGate}, which aligns the
 * teacher's class distribution on unlabeled samples with that on labeled ones and asks for a share of its confidence on
 * labeled ones.
 *
 * <p>Deviations, beside the gate's: no random interpolation of logits (section 3.1; without batch normalisation labeled
 * and unlabeled samples do not influence each other's logits, which the interpolation is there to mend); the weight ramps
 * up linearly after a warm start, not along a cosine over half of the training.
 */
final class AdaMatch implements Method {
    private final Gate gate;
    private final PseudoLabelSchedule schedule;

    AdaMatch(GateSettings settings, PseudoLabelSchedule schedule, int classes) {
        this.gate = new AlignedGate(settings, classes);
        this.schedule = schedule;
    }

    @Override
    public TeacherViews teacherViews(long step) {
        return schedule.isActive(step) ? TeacherViews.UNLABELED_AND_LABELED : TeacherViews.NONE;
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
