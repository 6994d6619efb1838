package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;
import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Network;
import io.millrace.trainer.model.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How hard the student finds each sample (Gui et al. 2023, SAA, equations 2 and 3): a running mean of its loss, and the
 * threshold by Otsu 1979 that best splits all of them in two. It adds nothing to the loss; it only takes note.
 *
 * <p>Deviations: the mean keeps half at each look, where the authors' code all but takes the last loss; it is kept for as
 * many samples as are replayed, and a sample that is accepted for the first time is not easy yet; the split is made anew
 * every 100 steps, where the paper does so once an epoch.
 */
final class SlotDifficulty implements LossTerm {
    private static final float KEPT = 0.5f;
    private static final int SPLIT_STEPS = 100;

    private final SlotTable slots;
    private float split;

    SlotDifficulty(int slots) {
        this.slots = new SlotTable("slots", 1, slots);
    }

    @Override
    public String name() {
        return "difficulty";
    }

    /** True when the student finds this frame easy. */
    boolean isEasy(String frameId) {
        float @Nullable [] slot = slots.find(frameId);
        return slot != null && slot[0] < split;
    }

    @Override
    public NDArray loss(StudentPass pass) {
        StudentRows seen = pass.seen();
        float[][] logits = Network.rows(pass.logits());
        for (int i = 0; i < seen.chosen().length; i++) {
            String frameId = pass.batch().unlabeled().get(seen.chosen()[i]).frameId();
            int row = seen.labeled() + i;
            note(frameId, (float) Probabilities.crossEntropy(seen.targets()[row], logits[row]));
        }
        if (pass.batch().step() % SPLIT_STEPS == 0) {
            resplit();
        }
        return pass.nothing();
    }

    void note(String frameId, float loss) {
        boolean isNew = slots.find(frameId) == null;
        float[] slot = slots.findOrMake(frameId);
        slot[0] = isNew ? loss : KEPT * slot[0] + (1 - KEPT) * loss;
    }

    void resplit() {
        double[] losses =
                slots.rows().stream().mapToDouble(row -> row[0]).sorted().toArray();
        split = (float) otsu(losses);
    }

    /** The value from which on the upper of two parts begins that differ most; 0 for fewer than two values. */
    static double otsu(double[] sorted) {
        double total = 0;
        for (double value : sorted) {
            total += value;
        }
        double below = 0;
        double best = 0;
        double split = 0;
        for (int i = 1; i < sorted.length; i++) {
            below += sorted[i - 1];
            double apart = below / i - (total - below) / (sorted.length - i);
            double between = (double) i * (sorted.length - i) * apart * apart;
            if (between > best) {
                best = between;
                split = sorted[i];
            }
        }
        return split;
    }

    @Override
    public List<Tensor> state() {
        return List.of(slots.tensor(), Tensor.vector("split", split));
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        slots.restore(named);
        split = named.take("split", List.of(1))[0];
        named.expectNoneLeft();
    }
}
