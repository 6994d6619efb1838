package io.millrace.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/** Changes parameters along a gradient. All of its state is tensors, so a checkpoint continues it to the bit. */
public sealed interface Optimizer permits SgdNesterov, AdamW {

    /** The optimizer that a config names. @param scope owns its state */
    static Optimizer of(OptimizerConfig config, ParameterLayout layout, NDManager scope) {
        return switch (config.rule()) {
            case SGD -> new SgdNesterov(config, layout, scope);
            case ADAMW -> new AdamW(config, layout, scope);
        };
    }

    /**
     * One update.
     *
     * @param parameters {@code [size]}, changed in place
     * @param gradient {@code [size]}, finite, clipped; its contents are used up
     * @param learningRate of this step
     * @param step counted from 1
     */
    void update(NDArray parameters, NDArray gradient, float learningRate, long step);

    /** The moments. */
    List<Tensor> state();

    /** Puts moments back that {@link #state} gave. @throws IllegalArgumentException when they do not fit */
    void restore(List<Tensor> state);
}
