package io.millrace.trainer.learn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the gate made of the teacher's predictions, one entry per unlabeled sample.
 *
 * @param targets {@code [N][classes]}, what the student shall predict; rows sum to 1
 * @param weights {@code [N]}, in 0..1; 0 keeps a sample out
 * @param reasons {@code [N]}
 * @param threshold confidence that was asked for
 * @param alsoSeen {@code [N]}, samples that the student must see whatever their weight, because a term learns from them
 */
@SuppressWarnings("ArrayRecordComponent") // lives within one step, never compared
public record GateDecision(
        float[][] targets, float[] weights, List<GateReason> reasons, float threshold, boolean[] alsoSeen) {
    public GateDecision {
        reasons = List.copyOf(reasons);
        if (targets.length != weights.length || weights.length != reasons.size()) {
            throw new IllegalArgumentException("expected as many targets as weights and reasons, got " + targets.length
                    + ", " + weights.length + ", " + reasons.size());
        }
        if (alsoSeen.length != weights.length) {
            throw new IllegalArgumentException("expected " + weights.length + " samples, got " + alsoSeen.length);
        }
        for (float weight : weights) {
            if (!(weight >= 0 && weight <= 1)) {
                throw new IllegalArgumentException("expected weights of 0 to 1, got " + weight);
            }
        }
    }

    /** A decision whose samples of weight 0 stay out of the student's pass. */
    GateDecision(float[][] targets, float[] weights, List<GateReason> reasons, float threshold) {
        this(targets, weights, reasons, threshold, new boolean[weights.length]);
    }

    /** The same with more samples for the student to see. */
    GateDecision alsoSeeing(boolean[] samples) {
        return new GateDecision(targets, weights, reasons, threshold, samples);
    }

    /** Every sample kept out for the same reason, without a look at it. */
    static GateDecision none(int samples, GateReason reason) {
        return new GateDecision(new float[samples][], new float[samples], Collections.nCopies(samples, reason), 1);
    }

    /** True when somebody predicted and the gate decided. */
    boolean wasAsked() {
        return targets.length > 0 && targets[0] != null;
    }

    /** The same, with samples kept out that are refused elsewhere, too. @param reason per sample; null keeps what is */
    GateDecision refusing(@Nullable GateReason[] refused) {
        float[] left = weights.clone();
        List<GateReason> told = new ArrayList<>(reasons);
        for (int i = 0; i < left.length; i++) {
            GateReason reason = refused[i];
            if (reason != null && left[i] > 0) {
                left[i] = 0;
                told.set(i, reason);
            }
        }
        return new GateDecision(targets, left, told, threshold, alsoSeen);
    }

    /** The same without samples that the student shall not see at all. @param barred per sample; null keeps what is */
    GateDecision barring(@Nullable GateReason[] barred) {
        float[] left = weights.clone();
        boolean[] seen = alsoSeen.clone();
        List<GateReason> told = new ArrayList<>(reasons);
        for (int i = 0; i < left.length; i++) {
            GateReason reason = barred[i];
            if (reason != null) {
                left[i] = 0;
                seen[i] = false;
                told.set(i, reason);
            }
        }
        return new GateDecision(targets, left, told, threshold, seen);
    }

    /** True when the student must not see a sample at all. */
    boolean bars(int sample) {
        return reasons.get(sample).bars();
    }

    /**
     * The same, with accepted samples kept out of whose class the predictor itself is not so sure. Where the gate asks for
     * no confidence at all, this does not either.
     *
     * @param least probability, 0..1; 0 keeps all
     */
    GateDecision requiring(float least, Predictions seen) {
        if (least == 0 || threshold == 0) {
            return this;
        }
        @Nullable GateReason[] refused = new GateReason[weights.length];
        for (int i = 0; i < weights.length; i++) {
            float[] target = targets[i];
            boolean unsure = target != null && seen.unlabeled()[i][Probabilities.argMax(target)] < least;
            refused[i] = unsure ? GateReason.BELOW_THRESHOLD : null;
        }
        return refusing(refused);
    }

    /** True when a sample teaches the student. */
    boolean accepts(int sample) {
        return weights[sample] > 0;
    }

    /** True when the student must see a sample. */
    boolean shows(int sample) {
        return accepts(sample) || alsoSeen[sample];
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
