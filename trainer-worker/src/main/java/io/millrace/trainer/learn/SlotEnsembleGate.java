package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Targets from what was predicted for the same sample before (Laine and Aila 2017, algorithm 2):
 *
 * <pre>
 *   target = Z / (1 - 0.6^t)         t: earlier predictions
 *   Z     &lt;- 0.6 Z + 0.4 p
 * </pre>
 *
 * <p>Deviation: the paper keeps {@code Z} for each sample of a data set. On a stream only samples in the replay buffer come
 * again, so {@code Z} is kept for as many; a sample without history teaches nothing yet.
 */
final class SlotEnsembleGate implements Gate {
    private static final float KEPT = 0.6f;

    private final SlotTable slots;
    private final int classes;

    SlotEnsembleGate(int slots, int classes) {
        this.slots = new SlotTable("slots", classes + 1, slots);
        this.classes = classes;
    }

    @Override
    public GateDecision decide(Predictions seen) {
        float[][] targets = new float[seen.size()][];
        float[] weights = new float[seen.size()];
        List<GateReason> reasons = new ArrayList<>(seen.size());
        for (int i = 0; i < seen.size(); i++) {
            float[] slot = slots.findOrMake(seen.batch().unlabeled().get(i).frameId());
            float earlier = slot[classes];
            targets[i] = new float[classes];
            for (int c = 0; c < classes; c++) {
                targets[i][c] = earlier > 0 ? (float) (slot[c] / (1 - Math.pow(KEPT, earlier))) : 0;
                slot[c] = KEPT * slot[c] + (1 - KEPT) * seen.unlabeled()[i][c];
            }
            slot[classes] = Math.min(earlier + 1, 1000);
            weights[i] = earlier > 0 ? 1 : 0;
            reasons.add(earlier > 0 ? GateReason.ACCEPTED : GateReason.NO_HISTORY);
        }
        return new GateDecision(targets, weights, reasons, 0);
    }

    @Override
    public List<Tensor> state() {
        return List.of(slots.tensor());
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        slots.restore(named);
        named.expectNoneLeft();
    }
}
