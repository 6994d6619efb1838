package io.millrace.trainer.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tensors that came from outside, taken by name and checked one by one. */
public final class NamedTensors {
    private final Map<String, Tensor> left = new LinkedHashMap<>();

    /** @throws IllegalArgumentException when a name is there twice */
    public NamedTensors(List<Tensor> tensors) {
        for (Tensor tensor : tensors) {
            if (left.put(tensor.name(), tensor) != null) {
                throw new IllegalArgumentException("expected each tensor once, got " + tensor.name() + " twice");
            }
        }
    }

    /**
     * Takes the values of one tensor.
     *
     * @throws IllegalArgumentException when it is missing, has another shape, or a value is not finite
     */
    public float[] take(String name, List<Integer> shape) {
        Tensor tensor = left.remove(name);
        if (tensor == null) {
            throw new IllegalArgumentException("expected a tensor " + name + ", got only " + left.keySet());
        }
        if (!tensor.shape().equals(shape)) {
            throw new IllegalArgumentException(name + ": expected shape " + shape + ", got " + tensor.shape());
        }
        for (int i = 0; i < tensor.values().length; i++) {
            if (!Float.isFinite(tensor.values()[i])) {
                throw new IllegalArgumentException(
                        name + ": expected finite values, got " + tensor.values()[i] + " at " + i);
            }
        }
        return tensor.values();
    }

    /**
     * Takes a table of any number of rows.
     *
     * @param width values in a row
     * @return {@code [rows][width]}
     * @throws IllegalArgumentException when it is missing, has another width, or a value is not finite
     */
    public float[][] takeRows(String name, int width) {
        Tensor tensor = left.get(name);
        int rows =
                tensor == null || tensor.shape().isEmpty() ? 0 : tensor.shape().get(0);
        float[] values = take(name, List.of(rows, width));
        float[][] table = new float[rows][];
        Arrays.setAll(table, i -> Arrays.copyOfRange(values, i * width, (i + 1) * width));
        return table;
    }

    /** Takes the values of a one-dimensional tensor of any length; otherwise as {@link #take}. */
    public float[] takeVector(String name) {
        Tensor tensor = left.get(name);
        return take(name, List.of(tensor == null ? 0 : tensor.values().length));
    }

    /** Takes every tensor whose name begins with a prefix, without the prefix, in order. */
    public List<Tensor> takeAll(String prefix) {
        List<Tensor> taken = new ArrayList<>();
        left.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) {
                taken.add(new Tensor(name.substring(prefix.length()), tensor.shape(), tensor.values()));
            }
        });
        taken.forEach(tensor -> left.remove(prefix + tensor.name()));
        return taken;
    }

    /** @throws IllegalArgumentException when there are tensors that nobody took */
    public void expectNoneLeft() {
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("unexpected tensors " + left.keySet());
        }
    }
}
