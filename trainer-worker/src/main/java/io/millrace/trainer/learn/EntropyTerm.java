package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * Entropy minimisation (Grandvalet and Bengio 2005): {@code weight lambda / M sum_i H(softmax(student_i))} over the
 * unlabeled rows that the student sees. Can be added to any method. No state.
 *
 * <p>Deviation: samples that the gate keeps from the student do not count, where the paper counts all: they would have to
 * pass through the student for it. It follows the ramp of the unlabeled loss.
 */
final class EntropyTerm implements LossTerm {
    private final String name;
    private final float weight;

    EntropyTerm(float weight) {
        this("entropy", weight);
    }

    EntropyTerm(String name, float weight) {
        this.name = name;
        this.weight = weight;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public NDArray loss(StudentPass pass) {
        int labeled = pass.seen().labeled();
        if (pass.rows() == labeled) {
            return pass.nothing();
        }
        float[] weights = new float[pass.rows()];
        float each = weight * pass.unlabeledWeight() / pass.batch().unlabeled().size();
        Arrays.fill(weights, labeled, weights.length, -each);
        NDArray logarithms = pass.logits().logSoftmax(1);
        return logarithms
                .exp()
                .mul(logarithms)
                .mul(pass.scope().create(weights, new Shape(weights.length, 1)))
                .sum();
    }
}
