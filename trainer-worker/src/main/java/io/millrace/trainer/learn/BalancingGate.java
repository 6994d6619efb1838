package io.millrace.trainer.learn;

import io.millrace.trainer.batch.Randomness;
import io.millrace.trainer.batch.Randomness.Purpose;
import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.List;
import java.util.SplittableRandom;

/**
 * FixMatch's gate for the classifier, and one for the balanced head (Lee et al. 2021, ABC, equations 3 and 4): with the
 * balanced head's own probabilities {@code b}, a sample with {@code max b >= threshold} teaches that head {@code b} with
 * probability {@code N_min / N_c}, {@code c} its class.
 *
 * <p>Deviations: the paper counts {@code N} among the labels; labels are replayed class by class here, so it is the running
 * share of each class among the balanced head's answers, at least a tenth of an equal share, forgotten by half-life. The
 * paper lets more through early in the training; a stream has no end to count towards.
 */
final class BalancingGate implements Gate {
    private final float threshold;
    private final long seed;
    private final float leastShare;
    private final RunningMean shares;

    private float[][] balancedTargets = new float[0][];
    private boolean[] teaches = new boolean[0];

    BalancingGate(LearnSettings settings, int classes) {
        this.threshold = settings.gate().confidenceThreshold();
        this.seed = settings.seed();
        this.leastShare = 0.1f / classes;
        this.shares = RunningMean.uniform("class.share", settings.gate().halfLifeSteps(), classes);
    }

    @Override
    public GateDecision decide(Predictions seen) {
        balancedTargets = new float[seen.size()][];
        for (int i = 0; i < seen.size(); i++) {
            balancedTargets[i] = Probabilities.softmax(seen.heads().get(0)[i]);
        }
        shares.add(Probabilities.labelShares(balancedTargets, seen.classes()));
        SplittableRandom random = Randomness.at(seed, seen.batch().step(), Purpose.BALANCE);
        teaches = new boolean[seen.size()];
        for (int i = 0; i < teaches.length; i++) {
            int label = Probabilities.argMax(balancedTargets[i]);
            boolean drawn = random.nextDouble() < chance(label);
            teaches[i] = drawn && balancedTargets[i][label] >= threshold;
        }
        return ConfidenceGate.hardLabels(seen, row -> threshold, threshold).alsoSeeing(teaches);
    }

    /** {@code N_min / N_c}. */
    float chance(int label) {
        float least = Float.POSITIVE_INFINITY;
        for (float share : shares.values()) {
            least = Math.min(least, share);
        }
        return Math.max(least, leastShare) / Math.max(shares.at(label), leastShare);
    }

    /** True when a sample teaches the balanced head, as of the last decision. */
    boolean teaches(int sample) {
        return teaches[sample];
    }

    /** The balanced head's probabilities, as of the last decision. */
    float[][] balancedTargets() {
        return balancedTargets;
    }

    @Override
    public List<Tensor> state() {
        return List.of(shares.tensor());
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        shares.restore(named);
        named.expectNoneLeft();
    }
}
