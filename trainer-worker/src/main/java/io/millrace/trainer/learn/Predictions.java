package io.millrace.trainer.learn;

import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.learn.Method.WeakViews;
import java.util.Arrays;
import java.util.List;

/**
 * What the weak views of a batch look like to whoever labels them. M unlabeled samples, B labeled ones.
 *
 * @param batch the samples
 * @param unlabeled probabilities of the unlabeled samples, from which targets are made, {@code [M][classes]}
 * @param weighed the same rows as weights are made from them; another array after an {@link Alignment} of weights
 * @param labeled probabilities of the labeled samples, {@code [B][classes]}; empty when the method does not ask for them
 * @param heads outputs of each further head on the unlabeled, then the labeled samples
 */
@SuppressWarnings("ArrayRecordComponent") // lives within one step, never compared
record Predictions(
        TrainingBatch batch, float[][] unlabeled, float[][] weighed, float[][] labeled, List<float[][]> heads) {

    /** Predictions as they came, without further heads. */
    static Predictions of(TrainingBatch batch, float[][] unlabeled, float[][] labeled) {
        return new Predictions(batch, unlabeled, unlabeled, labeled, List.of());
    }

    /**
     * Predictions from what the network gave.
     *
     * @param outputs logits {@code [N][classes]}, then the outputs of each further head
     * @param looked what the N rows are
     * @throws NonFiniteStepException when a logit is not finite
     */
    static Predictions of(TrainingBatch batch, List<float[][]> outputs, WeakViews looked) {
        int size = batch.unlabeled().size();
        for (int i = 0; i < outputs.get(0).length; i++) {
            boolean labeled = i >= size && looked == WeakViews.UNLABELED_AND_LABELED;
            Sample sample =
                    labeled ? batch.labeled().get(i - size) : batch.unlabeled().get(i % size);
            refuseNonFinite(batch.step(), sample, outputs.get(0)[i]);
        }
        float[][] all = Probabilities.softmax(outputs.get(0));
        float[][] unlabeled = Arrays.copyOf(all, size);
        float[][] rest = Arrays.copyOfRange(all, size, all.length);
        List<float[][]> heads = outputs.subList(1, outputs.size());
        if (looked == WeakViews.UNLABELED_TWICE) {
            Arrays.setAll(unlabeled, i -> Probabilities.average(unlabeled[i], rest[i]));
            return new Predictions(batch, unlabeled, unlabeled, new float[0][], heads);
        }
        return new Predictions(batch, unlabeled, unlabeled, rest, heads);
    }

    private static void refuseNonFinite(long step, Sample sample, float[] logits) {
        for (float logit : logits) {
            if (!Float.isFinite(logit)) {
                throw new NonFiniteStepException(
                        step, "finite logits of the predictor, got " + logit + " for frame " + sample.frameId());
            }
        }
    }

    /** The same with other rows for weights. */
    Predictions weighedBy(float[][] rows) {
        return new Predictions(batch, unlabeled, rows, labeled, heads);
    }

    /** The same with other rows for targets and weights. */
    Predictions replacedBy(float[][] rows) {
        return new Predictions(batch, rows, rows, labeled, heads);
    }

    /** Number of unlabeled samples. */
    int size() {
        return unlabeled.length;
    }

    /** Number of classes. */
    int classes() {
        return unlabeled[0].length;
    }
}
