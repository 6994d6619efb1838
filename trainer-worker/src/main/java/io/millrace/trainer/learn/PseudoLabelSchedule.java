package io.millrace.trainer.learn;

/**
 * When and how much pseudo-labels count. Steps are counted from the first, not as a share of a training run: a stream has
 * no end.
 *
 * @param warmStartSteps the student learns from labels alone for at least so many steps; see {@link WarmStart}
 * @param rampSteps the weight then rises linearly over so many steps
 * @param lossWeight weight of the unlabeled loss after the ramp
 */
public record PseudoLabelSchedule(int warmStartSteps, int rampSteps, float lossWeight) {
    public PseudoLabelSchedule {
        if (warmStartSteps < 0 || rampSteps < 0 || !(lossWeight >= 0 && lossWeight <= 1000)) {
            throw new IllegalArgumentException("expected no negative steps and a weight of 0 to 1000, got "
                    + warmStartSteps + ", " + rampSteps + ", " + lossWeight);
        }
    }

    /** True once pseudo-labels may be used. */
    boolean isActive(long step) {
        return step > warmStartSteps;
    }

    /** Weight at the first, second, ... step at which pseudo-labels count. */
    float weightAfter(long steps) {
        return steps >= rampSteps ? lossWeight : lossWeight * steps / rampSteps;
    }
}
