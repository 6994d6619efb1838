package io.millrace.trainer.safety;

import io.millrace.trainer.safety.AdaptiveWindow.Rise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The latest answers to fresh labels against those before: an exact binomial test, one-sided. It sees an abrupt drift
 * three times sooner than the bound of ADWIN, which holds for any split and any distribution, and no slow one.
 */
final class LatestMistakes {
    private static final int MANY = 20;
    private static final int LEAST_BEFORE = 40;
    /** Chance of a false alarm at a look; neighbouring looks share all but one of their answers. */
    private static final double SIGNIFICANCE = 1e-3;

    private final List<Long> latest = new ArrayList<>();

    /**
     * Takes in an answer that the window has taken in already; tells when mistakes have risen.
     *
     * @param window of all answers, the latest included
     */
    Optional<Rise> add(boolean wrong, AdaptiveWindow window) {
        latest.add(wrong ? 1L : 0L);
        if (latest.size() > MANY) {
            latest.remove(0);
        }
        long before = window.size() - MANY;
        if (latest.size() < MANY || before < LEAST_BEFORE) {
            return Optional.empty();
        }
        long wrongs = latest.stream().mapToLong(Long::longValue).sum();
        double share = Math.max(0, window.mean() * window.size() - wrongs) / before;
        // Never 0 or 1: what was not seen in so many may still come.
        double expected = (share * before + 1) / (before + 2);
        if (atLeast(wrongs, expected) >= SIGNIFICANCE) {
            return Optional.empty();
        }
        return Optional.of(new Rise(share, before, (double) wrongs / MANY, MANY));
    }

    /** Probability of so many mistakes or more among the latest, each with probability p. */
    static double atLeast(long wrongs, double p) {
        double term = Math.pow(1 - p, MANY);
        double below = 0;
        for (int k = 0; k < wrongs; k++) {
            below += term;
            term *= p / (1 - p) * (MANY - k) / (k + 1);
        }
        return 1 - below;
    }

    void clear() {
        latest.clear();
    }

    /** The latest answers, 1 for a mistake. */
    List<Long> state() {
        return List.copyOf(latest);
    }

    /** Takes up what {@link #state} gave. */
    void restore(List<Long> state) {
        latest.clear();
        latest.addAll(state);
    }
}
