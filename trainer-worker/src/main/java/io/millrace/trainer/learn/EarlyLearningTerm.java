package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.List;

/**
 * Early-learning regularisation (Liu et al. 2020, ELR, equations 6 and 9), against wrong labels: what the student said of a
 * labeled sample before it could memorise the label holds it back from doing so.
 *
 * <pre>
 *   t_i &lt;- 0.7 t_i + 0.3 p_i
 *   L   =  weight / B sum_i log(1 - &lt;t_i, p_i&gt;)
 * </pre>
 *
 * <p>Weight 3 in the paper. Deviations: {@code t} is kept for as many labeled samples as are replayed; another label for a
 * frame begins anew; {@code <t, p>} is taken as 0.9999 of itself, so that the logarithm is finite. Labeled mixup is off,
 * because {@code p_i} must be the answer to one sample.
 */
final class EarlyLearningTerm implements LossTerm {
    private static final float KEPT = 0.7f;
    private static final float ALMOST_ONE = 0.9999f;

    private final float weight;
    private final SlotTable slots;

    EarlyLearningTerm(float weight, int slots, int classes) {
        this.weight = weight;
        this.slots = new SlotTable("slots", classes, slots);
    }

    @Override
    public String name() {
        return "early.learning";
    }

    @Override
    public NDArray loss(StudentPass pass) {
        float[][] answers = pass.probabilities();
        int labeled = pass.seen().labeled();
        float[][] targets = new float[pass.rows()][];
        for (int i = 0; i < labeled; i++) {
            Sample sample = pass.batch().labeled().get(i);
            float[] slot = slots.findOrMake(sample.frameId() + "=" + sample.label());
            for (int c = 0; c < slot.length; c++) {
                slot[c] = KEPT * slot[c] + (1 - KEPT) * answers[i][c];
            }
            targets[i] = slot.clone();
        }
        NDArray product = pass.logits()
                .softmax(1)
                .mul(pass.constant(targets, pass.classes()))
                .sum(new int[] {1});
        return product.mul(-ALMOST_ONE).add(1).log().sum().mul(weight / labeled);
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
