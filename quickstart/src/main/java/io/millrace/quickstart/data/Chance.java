package io.millrace.quickstart.data;

/**
 * Decisions that look random and need no generator: the same seed, question and number always give the same answer, in
 * any order and in any process.
 */
public final class Chance {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private Chance() {}

    /** A number in 0..1, 1 excluded, as good as drawn uniformly. */
    public static double of(long seed, Question question, long number) {
        return (bits(seed, question, number) >>> 11) * 0x1.0p-53;
    }

    /** 64 bits, as good as drawn uniformly. */
    public static long bits(long seed, Question question, long number) {
        long mixed = mix(seed + GOLDEN_GAMMA);
        mixed = mix(mixed + GOLDEN_GAMMA * question.salt);
        return mix(mixed + GOLDEN_GAMMA * (number + 1));
    }

    /** What is asked; answers to different questions are independent. */
    public enum Question {
        ORDER(1),
        SOURCE(2),
        EXPOSURE(3),
        LABELED(4),
        WRONG(5),
        WHICH_WRONG(6),
        VIEW(7),
        KIND(8);

        private final long salt;

        Question(long salt) {
            this.salt = salt;
        }
    }

    /** The finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), variant 13 of Stafford. */
    private static long mix(long z) {
        long mixed = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
