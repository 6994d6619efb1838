package io.millrace.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * Stochastic gradient descent with Nesterov's momentum, in the form of Sutskever et al. 2013 that deep-learning libraries
 * use:
 *
 * <pre>
 *   d = g + weightDecay w        (kernels and matrices only)
 *   v = momentum v + d
 *   w = w - learningRate (d + momentum v)
 * </pre>
 */
final class SgdNesterov implements Optimizer {
    private static final String VELOCITY = "velocity";

    private final float momentum;
    private final NDArray decay;
    private final NDArray velocity;

    SgdNesterov(OptimizerConfig config, ParameterLayout layout, NDManager scope) {
        this.momentum = config.momentum();
        this.decay = scope.create(layout.decayMask()).muli(config.weightDecay());
        this.velocity = scope.zeros(new Shape(layout.size()));
    }

    @Override
    public void update(NDArray parameters, NDArray gradient, float learningRate, long step) {
        try (NDArray decayed = parameters.mul(decay)) {
            gradient.addi(decayed);
        }
        velocity.muli(momentum).addi(gradient);
        try (NDArray ahead = velocity.mul(momentum)) {
            parameters.subi(gradient.addi(ahead).muli(learningRate));
        }
    }

    @Override
    public List<Tensor> state() {
        return List.of(Tensor.vector(VELOCITY, velocity.toFloatArray()));
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        float[] values = named.take(VELOCITY, List.of((int) velocity.size()));
        named.expectNoneLeft();
        FlatParameters.overwrite(velocity, values);
    }
}
