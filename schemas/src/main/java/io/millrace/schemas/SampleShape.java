package io.millrace.schemas;

import java.util.List;

/**
 * The shape of one decoded sample: {@code [channels, height, width]} for an image, {@code [channels, time]} for a sensor
 * window. A pipeline has exactly one.
 *
 * @param dimensions sizes, each at least 1
 */
public record SampleShape(List<Integer> dimensions) {
    /** More values than this in one sample are refused: 64 MiB as floats. */
    private static final long MAX_VALUES = 16 << 20;

    public SampleShape {
        dimensions = List.copyOf(dimensions);
        if (dimensions.size() != 2 && dimensions.size() != 3) {
            throw new IllegalArgumentException(
                    "expected [channels, height, width] or [channels, time], got " + dimensions);
        }
        long values = 1;
        for (int size : dimensions) {
            if (!(size >= 1 && size <= MAX_VALUES)) {
                throw new IllegalArgumentException("expected sizes of 1 to " + MAX_VALUES + ", got " + dimensions);
            }
            values *= size;
            if (values > MAX_VALUES) {
                throw new IllegalArgumentException("expected at most " + MAX_VALUES + " values, got " + dimensions);
            }
        }
    }

    /** Shape of the given sizes. */
    public static SampleShape of(Integer... dimensions) {
        return new SampleShape(List.of(dimensions));
    }

    /** True for an image, false for a sensor window. */
    public boolean isImage() {
        return dimensions.size() == 3;
    }

    /** Number of channels. */
    public int channels() {
        return dimensions.get(0);
    }

    /** Number of values in one sample. */
    public int values() {
        return dimensions.stream().mapToInt(Integer::intValue).reduce(1, (a, b) -> a * b);
    }

    @Override
    public String toString() {
        return dimensions.toString();
    }
}
