package io.millrace.trainer.learn;

/**
 * When and how much pseudo-labels count. Steps are counted from the first, not as a share of a training run: a stream has
 * no end.
 *
 * @param warmStartSteps the student learns from labels alone for so many steps
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

    /** True once pseudo-labels are used. */
    boolean isActive(long step) {
        return step > warmStartSteps;
    }

    /** Weight at a step, counted from 1. */
    float weightAt(long step) {
        if (!isActive(step)) {
            return 0;
        }
        long since = step - warmStartSteps;
        return since >= rampSteps ? lossWeight : lossWeight * since / rampSteps;
    }
}
