package io.millrace.quickstart.watch;

import org.jspecify.annotations.Nullable;

/** Latencies in buckets that grow by 5 %: quantiles of an endless stream in constant memory. Not thread-safe. */
final class LatencyHistogram {
    private static final double GROWTH = 1.05;
    private static final int BUCKETS = 400;

    private final long[] counts = new long[BUCKETS];
    private long total;

    /** Counts one latency; less than a millisecond, or clocks that disagree, count as one. */
    void add(long millis) {
        int bucket = (int) (Math.log((double) Math.max(1, millis)) / Math.log(GROWTH));
        counts[Math.min(bucket, BUCKETS - 1)]++;
        total++;
    }

    /** Milliseconds below which a share of the latencies lies, within 5 %; null without any. */
    @Nullable
    Double quantile(double share) {
        long below = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            below += counts[bucket];
            if (total > 0 && below >= share * total) {
                return Math.pow(GROWTH, bucket + 0.5);
            }
        }
        return null;
    }
}
