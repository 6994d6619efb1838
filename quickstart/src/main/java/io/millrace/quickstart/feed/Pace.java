package io.millrace.quickstart.feed;

/** How fast frames are published. */
public sealed interface Pace {
    /**
     * By the clock.
     *
     * @param framesPerSecond above 0
     */
    record Fixed(double framesPerSecond) implements Pace {
        public Fixed {
            if (!(framesPerSecond > 0 && framesPerSecond <= 1_000_000)) {
                throw new IllegalArgumentException("expected a rate above 0, or max; got " + framesPerSecond);
            }
        }
    }

    /**
     * As fast as the slowest consumer keeps up.
     *
     * @param ahead at most so many frames are published that the trainer has not committed yet
     */
    record AsFastAsConsumed(int ahead) implements Pace {
        public AsFastAsConsumed {
            if (!(ahead >= 1)) {
                throw new IllegalArgumentException("expected to be ahead by at least one frame, got " + ahead);
            }
        }
    }

    /** Reads {@code max} or a number of frames a second. */
    static Pace of(String rate, int ahead) {
        if ("max".equals(rate)) {
            return new AsFastAsConsumed(ahead);
        }
        try {
            return new Fixed(Double.parseDouble(rate));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected max or frames a second as rate, got " + rate, e);
        }
    }
}
