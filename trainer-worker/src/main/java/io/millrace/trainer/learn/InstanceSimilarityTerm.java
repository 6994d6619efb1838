package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * SimMatch's instance similarity (Zheng et al. 2022, equations 5 to 7): {@code L = - lambda / M sum_ik q_ik log
 * softmax_k(z_i . z_k / 0.1)}, the strong view's similarities to labeled samples against those that the {@link
 * SimilarityGate} made of the weak one. No state: the gate remembers.
 */
final class InstanceSimilarityTerm implements LossTerm {
    private final SimilarityGate gate;

    InstanceSimilarityTerm(SimilarityGate gate) {
        this.gate = gate;
    }

    @Override
    public String name() {
        return "instance.similarity";
    }

    @Override
    public NDArray loss(StudentPass pass) {
        int anchors = gate.anchors().length;
        int[] chosen = pass.seen().chosen();
        if (chosen.length == 0 || anchors == 0) {
            return pass.nothing();
        }
        NDArray embedded = Embeddings.unit(pass.head(0));
        int width = Math.toIntExact(embedded.getShape().get(1));
        float[] flat = new float[anchors * width];
        for (int k = 0; k < anchors; k++) {
            System.arraycopy(gate.anchors()[k], 0, flat, k * width, width);
        }
        NDArray transposed =
                pass.scope().create(flat, new Shape(anchors, width)).transpose();
        NDArray similar = embedded.matMul(transposed).div(SimilarityGate.TEMPERATURE);
        float[][] targets = new float[pass.rows()][];
        float[] weights = new float[pass.rows()];
        for (int i = 0; i < chosen.length; i++) {
            targets[pass.seen().labeled() + i] = gate.instanceTargets()[chosen[i]];
        }
        Arrays.fill(
                weights,
                pass.seen().labeled(),
                weights.length,
                pass.unlabeledWeight() / pass.batch().unlabeled().size());
        return pass.crossEntropy(similar, targets, weights);
    }
}
