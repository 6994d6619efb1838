package io.millrace.trainer.augment;

import java.util.SplittableRandom;

/** Bounds of strengths, and draws within them. */
final class Shares {
    private Shares() {}

    static void check(String what, double value, double most) {
        if (!(value >= 0 && value <= most)) {
            throw new IllegalArgumentException("expected a " + what + " of 0 to " + most + ", got " + value);
        }
    }

    /** Uniform in {@code [-most, most)}. */
    static double symmetric(SplittableRandom random, double most) {
        return (2 * random.nextDouble() - 1) * most;
    }

    /** Uniform among the whole numbers {@code -most..most}. */
    static int symmetric(SplittableRandom random, int most) {
        return random.nextInt(2 * most + 1) - most;
    }
}
