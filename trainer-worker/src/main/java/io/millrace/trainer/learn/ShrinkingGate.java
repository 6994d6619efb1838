package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * FixMatch's gate that also says for each refused sample among which classes it is sure after all (Yang et al. 2023,
 * section 3.2): with {@code p_1 >= p_2 >= ...} the classes 2 to k are left out, k the least for which {@code p_1 / (p_1 +
 * p_{k+1} + ... + p_C) >= threshold}. Such a sample counts by {@code p_1} times the running share of accepted samples
 * (section 3.3).
 *
 * <p>Deviation: the running share is forgotten by half-life, where the paper keeps 0.999.
 */
final class ShrinkingGate implements Gate {
    private final float threshold;
    private final RunningMean certain;

    private boolean[][] left = new boolean[0][];
    private float[] shrunkWeights = new float[0];

    ShrinkingGate(GateSettings settings) {
        this.threshold = settings.confidenceThreshold();
        this.certain = new RunningMean("certain.share", settings.halfLifeSteps(), 0);
    }

    @Override
    public GateDecision decide(Predictions seen) {
        GateDecision decision = ConfidenceGate.hardLabels(seen, row -> threshold, threshold);
        certain.add(decision.maskRate());
        left = new boolean[seen.size()][];
        shrunkWeights = new float[seen.size()];
        for (int i = 0; i < left.length; i++) {
            left[i] = left(seen.weighed()[i], threshold);
            shrunkWeights[i] = decision.accepts(i) ? 0 : Probabilities.max(seen.weighed()[i]) * certain.at(0);
        }
        return decision;
    }

    /** Classes that are not left out. */
    static boolean[] left(float[] row, float threshold) {
        int[] order = IntStream.range(0, row.length)
                .boxed()
                .sorted(Comparator.comparingDouble(c -> -row[c]))
                .mapToInt(c -> c)
                .toArray();
        boolean[] left = new boolean[row.length];
        left[order[0]] = true;
        double others = 0;
        for (int rank = row.length - 1; rank > 0; rank--) {
            others += row[order[rank]];
            left[order[rank]] = row[order[0]] / (row[order[0]] + others) >= threshold;
        }
        return left;
    }

    /** By unlabeled sample and class, as of the last decision. */
    boolean[][] left() {
        return left;
    }

    /** Of each unlabeled sample, 0 for accepted ones, as of the last decision. */
    float[] shrunkWeights() {
        return shrunkWeights;
    }

    @Override
    public List<Tensor> state() {
        return List.of(certain.tensor());
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        certain.restore(named);
        named.expectNoneLeft();
    }
}
