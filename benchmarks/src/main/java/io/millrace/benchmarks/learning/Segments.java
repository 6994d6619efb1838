package io.millrace.benchmarks.learning;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A stream cut into stretches of equal length.
 *
 * @param length of the stream in frames
 * @param count of stretches
 */
record Segments(long length, int count) {
    Segments {
        if (!(count >= 1 && length >= count)) {
            throw new IllegalArgumentException("expected at least " + count + " frames, got " + length);
        }
    }

    /** The stretch of a frame, from 0. */
    int of(long sequence) {
        return (int) ((sequence * count + count - 1) / length);
    }

    /** The first frame of a stretch. */
    long start(int segment) {
        return segment * length / count;
    }

    /** First frames of all stretches but the first. */
    List<Long> changes() {
        return IntStream.range(1, count).mapToObj(this::start).toList();
    }
}
