package io.millrace.benchmarks.learning;

import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.learn.GateReason;
import io.millrace.trainer.learn.StepResult;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * What the gate did with unlabeled samples, told by their hidden labels. Every showing counts, fresh or replayed, from the
 * step on at which pseudo-labels are used.
 */
final class GateCounts {
    private static final Set<GateReason> NOT_ASKED = EnumSet.of(
            GateReason.WARM_START,
            GateReason.FEW_LABELS,
            GateReason.INACCURATE,
            GateReason.HELD_BACK,
            GateReason.NOT_USED);
    /** Reasons of a gate that finds a frame strange. */
    private static final Set<GateReason> STRANGE = EnumSet.of(GateReason.UNKNOWN, GateReason.NOVEL);

    private final Kind known = new Kind();
    private final Kind unknown = new Kind();
    private long right;

    /** Frames of a class, or of none. */
    private static final class Kind {
        private long shown;
        private long accepted;
        private long foundStrange;
    }

    /** @param truth the true class of a frame id, {@link Sample#UNLABELED} for a frame of no class */
    void add(StepResult result, TrainingBatch batch, ToIntFunction<String> truth) {
        List<Sample> unlabeled = batch.unlabeled();
        for (int i = 0; i < unlabeled.size(); i++) {
            GateReason reason = result.reasons().get(i);
            if (!NOT_ASKED.contains(reason)) {
                add(
                        result.pseudoLabels()[i],
                        reason,
                        truth.applyAsInt(unlabeled.get(i).frameId()));
            }
        }
    }

    private void add(int pseudoLabel, GateReason reason, int truth) {
        Kind kind = truth == Sample.UNLABELED ? unknown : known;
        kind.shown++;
        kind.accepted += pseudoLabel >= 0 ? 1 : 0;
        kind.foundStrange += STRANGE.contains(reason) ? 1 : 0;
        right += pseudoLabel >= 0 && pseudoLabel == truth ? 1 : 0;
    }

    /** Share of accepted pseudo-labels that were right; NaN without any. */
    double precision() {
        return (double) right / (known.accepted + unknown.accepted);
    }

    /** Share of the samples shown that were accepted; NaN when the gate was never asked. */
    double coverage() {
        return (double) (known.accepted + unknown.accepted) / (known.shown + unknown.shown);
    }

    /** Share of the samples of no class that the gate found strange; NaN without any. */
    double unknownRefused() {
        return (double) unknown.foundStrange / unknown.shown;
    }

    /** Share of the samples of no class that were not accepted, for whatever reason; NaN without any. */
    double unknownKeptOut() {
        return 1 - (double) unknown.accepted / unknown.shown;
    }

    /** Share of the samples of a class that the gate found strange; NaN in a stream that has no others. */
    double knownRefused() {
        return unknown.shown == 0 ? Double.NaN : (double) known.foundStrange / known.shown;
    }

    /** Share of the samples of a class that were not accepted, for whatever reason; NaN in a stream that has no others. */
    double knownKeptOut() {
        return unknown.shown == 0 ? Double.NaN : 1 - (double) known.accepted / known.shown;
    }
}
