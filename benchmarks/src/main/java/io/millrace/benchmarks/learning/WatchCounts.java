package io.millrace.benchmarks.learning;

import io.millrace.trainer.learn.Restraint;
import io.millrace.trainer.safety.SafetyDecision;

/** What the watch over the learner decided in a run. */
final class WatchCounts {
    private int drifts;
    private int collapses;
    private long steps;
    private long heldBack;

    void told(SafetyDecision decision) {
        drifts += decision instanceof SafetyDecision.Drift ? 1 : 0;
        collapses += decision instanceof SafetyDecision.Collapse ? 1 : 0;
    }

    void stepped(Restraint restraint) {
        steps++;
        heldBack += restraint.unlabeledShare() == 0 ? 1 : 0;
    }

    /** How often drift was told, by whatever sign: one drift may be told by several. */
    int drifts() {
        return drifts;
    }

    /** How often the learner was set back. */
    int collapses() {
        return collapses;
    }

    /** Share of the steps from labels alone because of doubt or a collapse; NaN without steps. */
    double heldBack() {
        return (double) heldBack / steps;
    }
}
