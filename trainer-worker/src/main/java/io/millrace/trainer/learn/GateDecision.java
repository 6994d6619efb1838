package io.millrace.trainer.learn;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What the gate made of the teacher's predictions, one entry per unlabeled sample.
 *
 * @param targets {@code [N][classes]}, what the student shall predict; rows sum to 1
 * @param weights {@code [N]}, in 0..1; 0 keeps a sample out
 * @param reasons {@code [N]}
 * @param threshold confidence that was asked for
 */
@SuppressWarnings("ArrayRecordComponent") // lives within one step, never compared
public record GateDecision(float[][] targets, float[] weights, List<GateReason> reasons, float threshold) {
    public GateDecision {
        reasons = List.copyOf(reasons);
        if (targets.length != weights.length || weights.length != reasons.size()) {
            throw new IllegalArgumentException("expected as many targets as weights and reasons, got " + targets.length
                    + ", " + weights.length + ", " + reasons.size());
        }
        for (float weight : weights) {
            if (!(weight >= 0 && weight <= 1)) {
                throw new IllegalArgumentException("expected weights of 0 to 1, got " + weight);
            }
        }
    }

    /** Every sample kept out for the same reason, without a look at it. */
    static GateDecision none(int samples, GateReason reason) {
        return new GateDecision(new float[samples][], new float[samples], Collections.nCopies(samples, reason), 1);
    }

    /** True when a sample teaches the student. */
    boolean accepts(int sample) {
        return weights[sample] > 0;
    }

    /** Mean weight (the paper's mask rate), 0 without samples. */
    public float maskRate() {
        double sum = 0;
        for (float weight : weights) {
            sum += weight;
        }
        return weights.length == 0 ? 0 : (float) (sum / weights.length);
    }

    /** Class of each accepted sample, -1 of each refused one. */
    public int[] pseudoLabels() {
        int[] labels = new int[weights.length];
        Arrays.setAll(labels, i -> accepts(i) ? Probabilities.argMax(targets[i]) : -1);
        return labels;
    }
}
