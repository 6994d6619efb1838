package io.millrace.trainer.learn;

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
    public GateDecision decide(Predictions seen) {
        return hardLabels(seen, row -> threshold, threshold);
    }

    /** What a row must reach to be accepted. */
    interface Threshold {
        float of(float[] probabilities);
    }

    /**
     * Accepts rows that reach a threshold of their own.
     *
     * @param reported threshold to be told of
     */
    static GateDecision hardLabels(Predictions seen, Threshold threshold, float reported) {
        float[][] targets = new float[seen.size()][];
        float[] weights = new float[seen.size()];
        List<GateReason> reasons = new ArrayList<>(seen.size());
        for (int i = 0; i < seen.size(); i++) {
            targets[i] = Probabilities.oneHot(Probabilities.argMax(seen.unlabeled()[i]), seen.classes());
            float[] weighed = seen.weighed()[i];
            boolean sure = Probabilities.max(weighed) >= threshold.of(weighed);
            weights[i] = sure ? 1 : 0;
            reasons.add(sure ? GateReason.ACCEPTED : GateReason.BELOW_THRESHOLD);
        }
        return new GateDecision(targets, weights, reasons, reported);
    }
}
