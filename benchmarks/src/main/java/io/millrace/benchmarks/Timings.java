package io.millrace.benchmarks;

import java.util.Arrays;

/** Durations of the same thing, done again and again. Kept whole: quantiles are exact. */
final class Timings {
    private static final double NANOS_PER_MILLI = 1e6;

    private long[] nanos = new long[256];
    private int count;

    /** Adds one. */
    void add(long elapsedNanos) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = elapsedNanos;
    }

    /** Runs and measures. */
    void time(Runnable work) {
        long before = System.nanoTime();
        work.run();
        add(System.nanoTime() - before);
    }

    /** How many there are. */
    int count() {
        return count;
    }

    /** Half of them took longer, in milliseconds; NaN without any. */
    double median() {
        return quantile(0.5);
    }

    /** A share of them took at most so long, in milliseconds; NaN without any. */
    double quantile(double share) {
        if (count == 0) {
            return Double.NaN;
        }
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return sorted[Math.max(0, (int) Math.ceil(share * count) - 1)] / NANOS_PER_MILLI;
    }
}
