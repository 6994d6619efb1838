package io.millrace.trainer.model;

import java.util.ArrayList;
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

    /** The same tensors under longer names, in a list that can grow. */
    public static List<Tensor> prefixed(String prefix, List<Tensor> tensors) {
        List<Tensor> renamed = new ArrayList<>();
        tensors.forEach(tensor -> renamed.add(new Tensor(prefix + tensor.name(), tensor.shape(), tensor.values())));
        return renamed;
    }

    /** A table: rows of equal width one after the other. */
    public static Tensor rows(String name, int width, float[][] rows) {
        float[] values = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(rows[i], 0, values, i * width, width);
        }
        return new Tensor(name, List.of(rows.length, width), values);
    }

    /** A one-dimensional tensor. */
    public static Tensor vector(String name, float... values) {
        return new Tensor(name, List.of(values.length), values);
    }
}
