package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;

/**
 * FreeMatch's self-adaptive fairness (Wang et al. 2023, equations 9 to 12), over the accepted samples' strong views:
 *
 * <pre>
 *   a = normalise(p~ / h~)      running mean of the weak probabilities, over the share of each pseudo-label
 *   b = normalise(p_ / h_)      mean of the student's probabilities, over the share of each of its answers
 *   L = weight sum_c a_c log b_c
 * </pre>
 *
 * <p>It is a negative cross-entropy, so it is below 0 by design and grows the cross-entropy between both. A class of share 0
 * counts as {@code 1/h = 0}. It has no state: the gate remembers.
 *
 * <p>Deviation: with mixup the student's views are blended ones.
 */
final class FairnessTerm implements LossTerm {
    private static final double TINY = 1e-12;

    private final SelfAdaptiveGate gate;
    private final float weight;

    FairnessTerm(SelfAdaptiveGate gate, float weight) {
        this.gate = gate;
        this.weight = weight;
    }

    @Override
    public String name() {
        return "fairness";
    }

    @Override
    public NDArray loss(StudentPass pass) {
        int from = pass.seen().labeled();
        int accepted = pass.rows() - from;
        if (accepted == 0) {
            return pass.nothing();
        }
        float[][] seen = pass.probabilities();
        double[] shares = Probabilities.labelShares(Arrays.copyOfRange(seen, from, seen.length), pass.classes());
        float[] inverse = new float[pass.classes()];
        for (int c = 0; c < inverse.length; c++) {
            inverse[c] = shares[c] > 0 ? (float) (1 / shares[c]) : 0;
        }
        // The mean over accepted rows, each class divided by its share: one constant matrix does both.
        float[][] scale = new float[pass.rows()][];
        Arrays.fill(scale, from, scale.length, Probabilities.scaled(inverse, 1f / accepted));
        NDArray scaled = pass.logits()
                .softmax(1)
                .mul(pass.constant(scale, inverse.length))
                .sum(new int[] {0});
        NDArray fair = scaled.div(scaled.sum()).add(TINY).log();
        return fair.mul(pass.scope().create(expected())).sum().mul(weight);
    }

    /** {@code a}. */
    private float[] expected() {
        float[] expected = gate.meanProbabilities().clone();
        for (int c = 0; c < expected.length; c++) {
            float share = gate.labelShares()[c];
            expected[c] = share > 0 ? expected[c] / share : 0;
        }
        return Probabilities.normalise(expected);
    }
}
