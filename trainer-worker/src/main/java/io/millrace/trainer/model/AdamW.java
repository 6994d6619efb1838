package io.millrace.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2), betas 0.9 and 0.999, epsilon 1e-8:
 *
 * <pre>
 *   m = 0.9 m + 0.1 g            v = 0.999 v + 0.001 g^2
 *   w = w - learningRate weightDecay w      (kernels and matrices only)
 *   w = w - learningRate (m / (1 - 0.9^t)) / (sqrt(v / (1 - 0.999^t)) + epsilon)
 * </pre>
 */
final class AdamW implements Optimizer {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final float EPSILON = 1e-8f;
    private static final String FIRST = "first.moment";
    private static final String SECOND = "second.moment";

    private final NDArray decay;
    private final NDArray first;
    private final NDArray second;

    AdamW(OptimizerConfig config, ParameterLayout layout, NDManager scope) {
        this.decay = scope.create(layout.decayMask()).muli(config.weightDecay());
        this.first = scope.zeros(new Shape(layout.size()));
        this.second = scope.zeros(new Shape(layout.size()));
    }

    @Override
    public void update(NDArray parameters, NDArray gradient, float learningRate, long step) {
        try (NDArray share = gradient.mul((float) (1 - BETA1));
                NDArray square = gradient.mul(gradient)) {
            first.muli((float) BETA1).addi(share);
            second.muli((float) BETA2).addi(square.muli((float) (1 - BETA2)));
        }
        float firstScale = (float) (learningRate / (1 - Math.pow(BETA1, step)));
        float secondScale = (float) (1 / (1 - Math.pow(BETA2, step)));
        try (NDArray decayed = parameters.mul(decay);
                NDArray scaled = second.mul(secondScale);
                NDArray root = scaled.sqrt();
                NDArray change = first.mul(firstScale)) {
            parameters.subi(decayed.muli(learningRate)).subi(change.divi(root.addi(EPSILON)));
        }
    }

    @Override
    public List<Tensor> state() {
        return List.of(Tensor.vector(FIRST, first.toFloatArray()), Tensor.vector(SECOND, second.toFloatArray()));
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        float[] firstValues = named.take(FIRST, List.of((int) first.size()));
        float[] secondValues = named.take(SECOND, List.of((int) second.size()));
        named.expectNoneLeft();
        FlatParameters.overwrite(first, firstValues);
        FlatParameters.overwrite(second, secondValues);
    }
}
