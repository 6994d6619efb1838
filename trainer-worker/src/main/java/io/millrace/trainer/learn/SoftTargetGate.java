package io.millrace.trainer.learn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whole distributions as targets: {@code weight = 1[max p >= threshold]}, {@code target = p^(1/temperature)}, normalised.
 * Threshold 0 accepts all, temperature 1 leaves {@code p} as it is. No state.
 *
 * @param threshold 0..1
 * @param temperature below 1 sharpens
 */
record SoftTargetGate(float threshold, float temperature) implements Gate {
    /** Every prediction as it is. */
    static final SoftTargetGate ALL = new SoftTargetGate(0, 1);

    @Override
    public GateDecision decide(Predictions seen) {
        float[][] targets = new float[seen.size()][];
        Arrays.setAll(targets, i -> target(seen.unlabeled()[i]));
        float[] weights = new float[seen.size()];
        List<GateReason> reasons = new ArrayList<>(seen.size());
        for (int i = 0; i < weights.length; i++) {
            boolean sure = Probabilities.max(seen.weighed()[i]) >= threshold;
            weights[i] = sure ? 1 : 0;
            reasons.add(sure ? GateReason.ACCEPTED : GateReason.BELOW_THRESHOLD);
        }
        return new GateDecision(targets, weights, reasons, threshold);
    }

    private float[] target(float[] row) {
        return temperature == 1 ? row.clone() : Probabilities.sharpen(row, temperature);
    }
}
