package io.millrace.trainer.safety;

import io.millrace.trainer.safety.SafetyDecision.Cause;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Compares the classes of accepted pseudo-labels of fresh frames with those of fresh labels, over stretches of
 * {@value #FRAMES} frames. A class that has more than twice its share dominates; one without any pseudo-label is absent,
 * if labels are not rare. Neither proves that the model is wrong: a gate accepts easy classes first, and labels are few.
 * So it is told, and nothing is restored.
 */
final class PseudoLabelSkew {
    private static final int FRAMES = 5_000;
    private static final int ENOUGH_ACCEPTED = 500;
    private static final int ENOUGH_LABELS = 30;
    private static final double TIMES = 2;
    /** The share of a class among n labels is off by more than this many standard errors once in a thousand times. */
    private static final double ERRORS = 3;

    private final int[] accepted;
    private int frames;

    PseudoLabelSkew(int classes) {
        this.accepted = new int[classes];
    }

    /**
     * Takes in the fresh frames of a step.
     *
     * @param pseudoLabels class of each, -1 where it was refused
     */
    Optional<SafetyDecision> add(int[] pseudoLabels, NewestLabels labels) {
        for (int label : pseudoLabels) {
            frames++;
            if (label >= 0) {
                accepted[label]++;
            }
        }
        if (frames < FRAMES) {
            return Optional.empty();
        }
        Optional<SafetyDecision> told = judge(labels);
        clear();
        return told;
    }

    private Optional<SafetyDecision> judge(NewestLabels labels) {
        int total = Arrays.stream(accepted).sum();
        int known = labels.size();
        if (total < ENOUGH_ACCEPTED || known < ENOUGH_LABELS) {
            return Optional.empty();
        }
        double[] prior = labels.prior(known);
        for (int c = 0; c < accepted.length; c++) {
            double share = accepted[c] / (double) total;
            double doubt = ERRORS * Math.sqrt(prior[c] * (1 - prior[c]) / known);
            if (share > TIMES * prior[c] + doubt) {
                return Optional.of(skew(Cause.CLASS_DOMINATES, c, share, prior[c]));
            }
            if (accepted[c] == 0 && prior[c] > doubt && prior[c] > 0.5 / accepted.length) {
                return Optional.of(skew(Cause.CLASS_ABSENT, c, share, prior[c]));
            }
        }
        return Optional.empty();
    }

    private static SafetyDecision skew(Cause cause, int c, double share, double prior) {
        String message = String.format(
                Locale.ROOT, "class %d has %.3f of the pseudo-labels and %.3f of the labels", c, share, prior);
        return new SafetyDecision.Skew(
                cause, message, Map.of("class", (double) c, "share", share, "prior", prior, "frames", (double) FRAMES));
    }

    void clear() {
        frames = 0;
        Arrays.fill(accepted, 0);
    }

    List<Long> state() {
        List<Long> state = new ArrayList<>(List.of((long) frames));
        Arrays.stream(accepted).forEach(count -> state.add((long) count));
        return state;
    }

    void restore(List<Long> state) {
        frames = Math.toIntExact(state.get(0));
        Arrays.setAll(accepted, c -> Math.toIntExact(state.get(c + 1)));
    }
}
