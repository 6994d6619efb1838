package io.millrace.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;

/**
 * Inference over a copy of the weights: what a published model is while it serves. Runs in parallel with training, one
 * call at a time.
 */
public final class Classifier implements AutoCloseable {
    private final Compute compute;
    private final NDManager scope;
    private final Network network;
    private final NDArray flat;
    private final InputBuffer buffer;

    /**
     * Builds the network and copies the weights into it.
     *
     * @param weights exactly the parameters of the network, in any order
     * @throws IllegalArgumentException when a name or shape does not fit, or a value is not finite
     */
    public Classifier(Compute compute, NetworkConfig config, List<Tensor> weights) {
        compute.enterThread();
        this.compute = compute;
        this.scope = compute.newScope();
        try {
            this.network = new Network(config, scope);
            this.flat = scope.create(network.layout().flatten(weights));
            this.buffer = new InputBuffer(config.input());
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    /**
     * Classifies.
     *
     * @param samples row-major values of the network's input shape; images 0..1
     * @return logits {@code [N][classes]}
     */
    public synchronized float[][] logits(List<float[]> samples) {
        compute.enterThread();
        return network.logits(flat, buffer, samples);
    }

    /**
     * How likely each sample is of none of the classes, in the model's own opinion.
     *
     * @param samples as for {@link #logits}
     * @return {@code [N]}, 0..1; zeros when the model has no open-set head
     */
    public synchronized float[] unknown(List<float[]> samples) {
        float[] unknown = new float[samples.size()];
        if (network.config().openSet()) {
            compute.enterThread();
            float[][] open = network.outputs(flat, buffer, samples).get(1);
            for (int i = 0; i < unknown.length; i++) {
                unknown[i] = lastOfSoftmax(open[i]);
            }
        }
        return unknown;
    }

    private static float lastOfSoftmax(float[] logits) {
        double last = logits[logits.length - 1];
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - last);
        }
        return (float) (1 / sum);
    }

    @Override
    public synchronized void close() {
        scope.close();
    }
}
