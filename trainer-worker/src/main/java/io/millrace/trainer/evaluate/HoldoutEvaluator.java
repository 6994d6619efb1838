package io.millrace.trainer.evaluate;

import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.model.Classifier;
import java.util.List;

/** Scores a model on the holdout: frames chosen by a hash of their id, which no step ever sees. */
public final class HoldoutEvaluator {
    private static final int BATCH = 256;

    private HoldoutEvaluator() {}

    /**
     * Scores a model.
     *
     * @param temperature divides the logits, above 0
     * @param holdout labeled samples; their order is the order of {@link Evaluation#correct}
     */
    public static Evaluation evaluate(Classifier model, double temperature, List<Sample> holdout, int classes) {
        double[][] probabilities = new double[holdout.size()][];
        for (int start = 0; start < holdout.size(); start += BATCH) {
            List<Sample> part = holdout.subList(start, Math.min(start + BATCH, holdout.size()));
            float[][] logits = model.logits(part.stream().map(Sample::values).toList());
            for (int i = 0; i < logits.length; i++) {
                probabilities[start + i] = Calibration.probabilities(logits[i], temperature);
            }
        }
        int[] labels = holdout.stream().mapToInt(Sample::label).toArray();
        return Evaluation.of(probabilities, labels, classes);
    }
}
