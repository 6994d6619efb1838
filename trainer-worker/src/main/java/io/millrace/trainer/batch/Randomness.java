package io.millrace.trainer.batch;

import java.util.SplittableRandom;

/**
 * Counter-based randomness: (seed, step, purpose) names a stream of numbers, so there is no generator state to save and
 * a resumed run draws what the unbroken one would have drawn.
 */
public final class Randomness {
    /** What the numbers are for; each purpose has its own stream at each step. */
    public enum Purpose {
        INITIALISATION(1),
        LABELED_DRAW(2),
        UNLABELED_DRAW(3),
        LABELED_VIEW(4),
        WEAK_VIEW(5),
        STRONG_VIEW(6),
        METHOD(7),
        SECOND_STRONG_VIEW(8),
        SECOND_WEAK_VIEW(9),
        ADVERSARY(10),
        BALANCE(11),
        HARDER_VIEW(12),
        NOVELTY_VIEW(13),
        LABEL_REQUEST(40);

        private final long stream;

        Purpose(long stream) {
            this.stream = stream;
        }
    }

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Randomness() {}

    /** The stream for one purpose at one step. */
    public static SplittableRandom at(long seed, long step, Purpose purpose) {
        return new SplittableRandom(mix(mix(mix(seed) + step) + purpose.stream));
    }

    /** Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", mix64 variant 13. */
    private static long mix(long z) {
        long mixed = z + GOLDEN;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
