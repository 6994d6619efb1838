package io.millrace.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.List;

/**
 * All parameters of one network in one native buffer {@code [size]}, float32. Optimizer, clip and average work on the
 * buffer as a whole, the network on views of it. The buffer itself never takes part in a gradient graph.
 */
public final class FlatParameters {
    private static final NDIndex ALL = new NDIndex(":");

    private final ParameterLayout layout;
    private final NDArray flat;

    /** @param scope owns the buffer */
    public FlatParameters(NDManager scope, ParameterLayout layout, float[] values) {
        this.layout = layout;
        this.flat = scope.create(values);
    }

    /** The buffer, {@code [size]}, owned by the scope this was made with. Changed in place by each step. */
    public NDArray flat() {
        return flat;
    }

    /** A copy of the values as named tensors. */
    public List<Tensor> tensors(String prefix) {
        return layout.tensors(prefix, flat.toFloatArray());
    }

    /** Overwrites the values in place; see {@link ParameterLayout#flatten} for what is refused. */
    public void restore(List<Tensor> tensors) {
        overwrite(flat, layout.flatten(tensors));
    }

    /** Writes values into the memory of an array, so that other handles on it see them. */
    static void overwrite(NDArray array, float[] values) {
        try (NDArray source = array.getManager().create(values)) {
            array.set(ALL, source);
        }
    }
}
