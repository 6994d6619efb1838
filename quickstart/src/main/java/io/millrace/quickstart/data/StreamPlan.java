package io.millrace.quickstart.data;

import io.millrace.record.Encoding;

/**
 * Everything that decides what a stream of frames looks like.
 *
 * @param seed decides the order, the sources and the faults
 * @param sources number of cameras
 * @param drift what happens to the cameras
 * @param limit number of frames; above the number of images they come again in another order
 * @param encoding PNG or RAW_U8
 */
public record StreamPlan(long seed, int sources, Drift drift, long limit, Encoding encoding) {
    public StreamPlan {
        if (!(seed >= 0 && seed <= Integer.MAX_VALUE)) {
            throw new IllegalArgumentException("expected a seed of 0 to " + Integer.MAX_VALUE + ", got " + seed);
        }
        if (!(sources >= 1 && sources <= 1_000)) {
            throw new IllegalArgumentException("expected 1 to 1000 sources, got " + sources);
        }
        if (!(limit >= 1)) {
            throw new IllegalArgumentException("expected at least one frame, got " + limit);
        }
        if (encoding != Encoding.PNG && encoding != Encoding.RAW_U8) {
            throw new IllegalArgumentException("expected PNG or RAW_U8, got " + encoding);
        }
    }

    /** A plan without drift, of PNG frames from four cameras. */
    public static StreamPlan of(long seed, long limit) {
        return new StreamPlan(seed, 4, Drift.NONE, limit, Encoding.PNG);
    }
}
