package io.millrace.trainer.safety;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether the teacher's own answers are worth learning. After a drift they are not, until of the latest labels since then
 * hardly more are mistaken than before: a teacher of before the drift is sure of wrong answers, and a student that learns
 * them does not come back by a few labels.
 *
 * <p>What counts is the lowest share before any drift so far: otherwise each of several drifts in a row would ask for less
 * than the one before it, until a teacher that is mostly wrong would do.
 */
final class Doubt {
    private static final double TOLERANCE = 0.1;
    private static final long NONE = -1;
    private static final double UNIT = 1e-9;

    private final int enough;
    private final List<Long> mistakes = new ArrayList<>();
    private long before = NONE;
    private boolean there;

    /** @param enough so many labels decide; 0: there is never doubt */
    Doubt(int enough) {
        this.enough = enough;
    }

    /** There was a drift. @param share of mistakes on labels before, 0..1 */
    void raise(double share) {
        if (enough > 0) {
            long was = Math.round(share / UNIT);
            before = before == NONE ? was : Math.min(before, was);
            there = true;
            mistakes.clear();
        }
    }

    /** A fresh label was answered. */
    void scored(boolean wrong) {
        if (!there) {
            return;
        }
        mistakes.add(wrong ? 1L : 0L);
        if (mistakes.size() > enough) {
            mistakes.remove(0);
        }
        long wrongs = mistakes.stream().mapToLong(Long::longValue).sum();
        if (mistakes.size() == enough && wrongs <= (before * UNIT + TOLERANCE) * enough) {
            clear();
        }
    }

    boolean isThere() {
        return there;
    }

    /** Ends it. What was before is kept. */
    void clear() {
        there = false;
        mistakes.clear();
    }

    /** Share of before in billionths, 1 while there is doubt, then the answers, 1 for a mistake. */
    List<Long> state() {
        List<Long> state = new ArrayList<>(List.of(before, there ? 1L : 0L));
        state.addAll(mistakes);
        return List.copyOf(state);
    }

    /** Takes up what {@link #state} gave; nothing in a checkpoint from before there was doubt. */
    void restore(List<Long> state) {
        clear();
        before = NONE;
        if (!state.isEmpty() && enough > 0) {
            before = state.get(0);
            there = state.get(1) == 1;
            mistakes.addAll(state.subList(Math.max(2, state.size() - enough), state.size()));
        }
    }
}
