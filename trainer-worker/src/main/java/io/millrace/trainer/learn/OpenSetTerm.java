package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import io.millrace.trainer.model.Network;

/**
 * What IOMatch's two heads learn (Li et al. 2023, equations 4 and 9): the binary ones from labels, the right class against
 * the wrong one that it believes most; the open-set one from the {@link OpenSetGate}'s targets.
 *
 * <pre>
 *   L = 1/B sum -log o_y - log(1 - max_{c != y} o_c)  +  lambda / M sum CE(q_i, open(strong_i))
 * </pre>
 *
 * <p>No state: the gate remembers.
 */
final class OpenSetTerm implements LossTerm {
    private final OpenSetGate gate;

    OpenSetTerm(OpenSetGate gate) {
        this.gate = gate;
    }

    @Override
    public String name() {
        return "open.set";
    }

    @Override
    public NDArray loss(StudentPass pass) {
        return binary(pass).add(open(pass));
    }

    private static NDArray binary(StudentPass pass) {
        int labeled = pass.seen().labeled();
        float[][] logits = Network.rows(pass.head(OpenSetGate.INLIER));
        float[][] right = new float[pass.rows()][];
        float[][] wrong = new float[pass.rows()][];
        for (int i = 0; i < labeled; i++) {
            int label = pass.batch().labeled().get(i).label();
            float[] others = logits[i].clone();
            others[label] = Float.NEGATIVE_INFINITY;
            right[i] = Probabilities.scaled(Probabilities.oneHot(label, others.length), 1f / labeled);
            wrong[i] = Probabilities.scaled(
                    Probabilities.oneHot(Probabilities.argMax(others), others.length), 1f / labeled);
        }
        // -log o = softplus(-logit), -log(1 - o) = softplus(logit)
        NDArray ofRight =
                Activation.softPlus(pass.head(OpenSetGate.INLIER).neg()).mul(pass.constant(right, pass.classes()));
        NDArray ofWrong = Activation.softPlus(pass.head(OpenSetGate.INLIER)).mul(pass.constant(wrong, pass.classes()));
        return ofRight.sum().add(ofWrong.sum());
    }

    private NDArray open(StudentPass pass) {
        int[] chosen = pass.seen().chosen();
        float[][] targets = new float[pass.rows()][];
        float[] weights = new float[pass.rows()];
        for (int i = 0; i < chosen.length; i++) {
            int row = pass.seen().labeled() + i;
            targets[row] = gate.openTargets()[chosen[i]];
            weights[row] = gate.isOpenTarget(chosen[i])
                    ? pass.unlabeledWeight() / pass.batch().unlabeled().size()
                    : 0;
        }
        return pass.crossEntropy(pass.head(OpenSetGate.OPEN), targets, weights);
    }
}
