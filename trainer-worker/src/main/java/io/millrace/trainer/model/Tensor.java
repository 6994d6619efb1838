package io.millrace.trainer.model;

import java.util.List;

/**
 * Named float32 values outside of native memory, as they go into artifacts and checkpoints.
 *
 * @param name unique in its file
 * @param shape sizes; their product is the number of values
 * @param values row-major; the receiver owns the array
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier between native memory and bytes, never compared
public record Tensor(String name, List<Integer> shape, float[] values) {
    public Tensor {
        shape = List.copyOf(shape);
        long size = 1;
        for (int dimension : shape) {
            size = Math.multiplyExact(size, (long) dimension);
        }
        if (size != values.length) {
            throw new IllegalArgumentException(
                    name + ": expected " + size + " values for shape " + shape + ", got " + values.length);
        }
    }

    /** A one-dimensional tensor. */
    public static Tensor vector(String name, float... values) {
        return new Tensor(name, List.of(values.length), values);
    }
}
