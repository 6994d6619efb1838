package io.millrace.trainer.model;

/**
 * Which optimizer, and how fast.
 *
 * @param rule update rule
 * @param learningRate learning rate after the warm-up; it stays constant, a stream has no end to decay towards
 * @param warmUpSteps the learning rate rises linearly over so many steps
 * @param momentum of SGD; AdamW has its own constants
 * @param weightDecay of kernels and matrices; biases and scales are not decayed
 * @param clipNorm longest gradient that is not scaled down
 */
public record OptimizerConfig(
        Rule rule, float learningRate, int warmUpSteps, float momentum, float weightDecay, float clipNorm) {

    /** Update rules. */
    public enum Rule {
        SGD,
        ADAMW
    }

    public OptimizerConfig {
        positive("learning rate", learningRate);
        positive("clip norm", clipNorm);
        if (!(momentum >= 0 && momentum < 1) || !(weightDecay >= 0 && weightDecay < 1) || warmUpSteps < 0) {
            throw new IllegalArgumentException(
                    "expected momentum and weight decay in [0, 1) and no negative warm-up, got " + momentum + ", "
                            + weightDecay + ", " + warmUpSteps);
        }
    }

    /** Learning rate at a step, counted from 1. */
    public float learningRateAt(long step) {
        return step >= warmUpSteps ? learningRate : learningRate * step / warmUpSteps;
    }

    private static void positive(String what, float value) {
        if (!(value > 0 && value < Float.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("expected a positive " + what + ", got " + value);
        }
    }
}
