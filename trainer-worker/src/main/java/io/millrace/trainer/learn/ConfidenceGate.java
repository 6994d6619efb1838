package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * One threshold for all: {@code weight = 1[max_c p_c >= threshold]}, target = one-hot of {@code argmax p} (Sohn et al.
 * 2020, FixMatch, equation 4). No state.
 */
final class ConfidenceGate implements Gate {
    private final float threshold;

    ConfidenceGate(float threshold) {
        this.threshold = threshold;
    }

    @Override
    public GateDecision decide(float[][] unlabeled, float[][] labeled) {
        return hardLabels(unlabeled, threshold);
    }

    static GateDecision hardLabels(float[][] probabilities, float threshold) {
        float[][] targets = new float[probabilities.length][];
        float[] weights = new float[probabilities.length];
        List<GateReason> reasons = new ArrayList<>(probabilities.length);
        for (int i = 0; i < probabilities.length; i++) {
            int best = Probabilities.argMax(probabilities[i]);
            boolean sure = probabilities[i][best] >= threshold;
            targets[i] = Probabilities.oneHot(best, probabilities[i].length);
            weights[i] = sure ? 1 : 0;
            reasons.add(sure ? GateReason.ACCEPTED : GateReason.BELOW_THRESHOLD);
        }
        return new GateDecision(targets, weights, reasons, threshold);
    }

    @Override
    public List<Tensor> state() {
        return List.of();
    }

    @Override
    public void restore(List<Tensor> state) {
        new NamedTensors(state).expectNoneLeft();
    }
}
