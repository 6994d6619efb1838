package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;

/**
 * What the balanced head learns (Lee et al. 2021, ABC, equations 2 to 4): {@code 1/B sum CE(y, b(x)) + lambda / M sum
 * m_i CE(b_i, b(strong_i))}, {@code m} and {@code b_i} from the {@link BalancingGate}. No state: the gate remembers.
 *
 * <p>Deviations: labeled samples are drawn class by class already, so none are dropped; one strong view, not two; the
 * features are shared with a gradient, as in the authors' code.
 */
final class BalancedTerm implements LossTerm {
    private final BalancingGate gate;

    BalancedTerm(BalancingGate gate) {
        this.gate = gate;
    }

    @Override
    public String name() {
        return "balanced";
    }

    @Override
    public NDArray loss(StudentPass pass) {
        StudentRows seen = pass.seen();
        float[][] targets = seen.targets().clone();
        float[] weights = seen.weights().clone();
        for (int i = 0; i < seen.chosen().length; i++) {
            int row = seen.labeled() + i;
            int sample = seen.chosen()[i];
            targets[row] = gate.balancedTargets()[sample];
            weights[row] = gate.teaches(sample)
                    ? pass.unlabeledWeight() / pass.batch().unlabeled().size()
                    : 0;
        }
        return pass.crossEntropy(pass.head(0), targets, weights);
    }
}
