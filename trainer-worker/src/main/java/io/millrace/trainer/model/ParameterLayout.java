package io.millrace.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where each named parameter lies in the flat buffer. */
public final class ParameterLayout {
    private final List<Entry> entries;
    private final long[] bounds;
    private final int size;

    /**
     * One parameter.
     *
     * @param name such as {@code stem.weight}
     * @param shape sizes
     */
    public record Entry(String name, List<Integer> shape) {
        public Entry {
            shape = List.copyOf(shape);
        }

        /** Number of values. */
        public int size() {
            return shape.stream().reduce(1, Math::multiplyExact);
        }

        /** True for weights that are decayed: kernels and matrices, but no biases and no scales. */
        public boolean isMatrix() {
            return shape.size() > 1;
        }

        private Shape nativeShape() {
            return new Shape(shape.stream().mapToLong(Integer::longValue).toArray());
        }
    }

    /** The entries follow each other without gaps. */
    public ParameterLayout(List<Entry> entries) {
        this.entries = List.copyOf(entries);
        long[] ends = new long[entries.size()];
        int end = 0;
        for (int i = 0; i < ends.length; i++) {
            end = Math.addExact(end, entries.get(i).size());
            ends[i] = end;
        }
        this.bounds = Arrays.copyOf(ends, ends.length - 1);
        this.size = end;
    }

    /** The parameters in order. */
    public List<Entry> entries() {
        return entries;
    }

    /** Number of values in the flat buffer. */
    public int size() {
        return size;
    }

    /**
     * Views into a flat buffer of shape {@code [size]}, in the order of the entries. One native call splits and, going
     * back, one joins the gradients, however many parameters there are. The views belong to the buffer's manager.
     */
    public NDList views(NDArray flat) {
        NDList parts = flat.split(bounds);
        NDList views = new NDList(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            Shape shape = entries.get(i).nativeShape();
            views.add(shape.dimension() == 1 ? parts.get(i) : parts.get(i).reshape(shape));
        }
        return views;
    }

    /** 1 where weight decay applies, else 0. */
    public float[] decayMask() {
        float[] mask = new float[size];
        int start = 0;
        for (Entry entry : entries) {
            Arrays.fill(mask, start, start + entry.size(), entry.isMatrix() ? 1 : 0);
            start += entry.size();
        }
        return mask;
    }

    /** Cuts flat values into named tensors. */
    public List<Tensor> tensors(String prefix, float[] flat) {
        List<Tensor> tensors = new ArrayList<>(entries.size());
        int start = 0;
        for (Entry entry : entries) {
            int end = start + entry.size();
            tensors.add(new Tensor(prefix + entry.name(), entry.shape(), Arrays.copyOfRange(flat, start, end)));
            start = end;
        }
        return tensors;
    }

    /**
     * Joins named tensors into flat values.
     *
     * @throws IllegalArgumentException unless exactly these names are there, once each, with these shapes, all finite
     */
    public float[] flatten(List<Tensor> tensors) {
        NamedTensors named = new NamedTensors(tensors);
        float[] flat = new float[size];
        int start = 0;
        for (Entry entry : entries) {
            float[] values = named.take(entry.name(), entry.shape());
            System.arraycopy(values, 0, flat, start, values.length);
            start += values.length;
        }
        named.expectNoneLeft();
        return flat;
    }
}
