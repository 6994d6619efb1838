package io.millrace.trainer.evaluate;

import java.util.List;

/**
 * Temperature scaling (Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2): one number T that
 * divides the logits, fitted to the negative log-likelihood of labels that were not trained on.
 *
 * <p>Deviation: a Gaussian prior on ln T around 0 stands for {@value #PRIOR_SAMPLES} observations, so that a handful of
 * labels moves T a little and hundreds move it freely.
 */
public final class Calibration {
    private static final double PRIOR_SAMPLES = 20;
    private static final double LOG_LIMIT = Math.log(10);
    private static final int ROUNDS = 60;
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    private Calibration() {}

    /**
     * The temperature that fits best, in 0.1..10; 1 without samples.
     *
     * @param logits one row of C logits a sample
     * @param labels class index of each
     */
    public static double temperature(List<float[]> logits, List<Integer> labels) {
        double low = -LOG_LIMIT;
        double high = LOG_LIMIT;
        // Golden-section search: the penalised likelihood is unimodal in ln T.
        for (int i = 0; i < ROUNDS; i++) {
            double left = high - GOLDEN * (high - low);
            double right = low + GOLDEN * (high - low);
            if (penalised(logits, labels, left) <= penalised(logits, labels, right)) {
                high = right;
            } else {
                low = left;
            }
        }
        return Math.exp((low + high) / 2);
    }

    /**
     * softmax(logits / T).
     *
     * @param logits C values
     * @param temperature above 0
     * @return C probabilities that sum to 1
     */
    public static double[] probabilities(float[] logits, double temperature) {
        double max = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            max = Math.max(max, logit / temperature);
        }
        double[] probabilities = new double[logits.length];
        double sum = 0;
        for (int c = 0; c < logits.length; c++) {
            probabilities[c] = Math.exp(logits[c] / temperature - max);
            sum += probabilities[c];
        }
        for (int c = 0; c < logits.length; c++) {
            probabilities[c] /= sum;
        }
        return probabilities;
    }

    private static double penalised(List<float[]> logits, List<Integer> labels, double logTemperature) {
        double temperature = Math.exp(logTemperature);
        double loss = PRIOR_SAMPLES * logTemperature * logTemperature;
        for (int i = 0; i < labels.size(); i++) {
            loss -= Math.log(Math.max(probabilities(logits.get(i), temperature)[labels.get(i)], Double.MIN_NORMAL));
        }
        return loss;
    }
}
