package io.millrace.trainer.evaluate;

import java.util.BitSet;
import java.util.List;

/**
 * How one model did on one list of labeled samples. Two evaluations of the same list can be compared sample by sample.
 *
 * @param samples how many there were
 * @param correct which of them were right, by their place in the list
 * @param recalls share of right answers for each class, NaN for a class without samples
 * @param samplesByClass how many samples each class had
 * @param calibrationError expected calibration error over 15 equal bins, 0..1 (Guo et al. 2017, section 2); NaN without
 *     samples
 */
public record Evaluation(
        int samples, BitSet correct, List<Double> recalls, List<Integer> samplesByClass, double calibrationError) {
    private static final int BINS = 15;

    public Evaluation {
        correct = (BitSet) correct.clone();
        recalls = List.copyOf(recalls);
        samplesByClass = List.copyOf(samplesByClass);
    }

    /**
     * Scores predictions.
     *
     * @param probabilities [N][C], each row sums to 1
     * @param labels [N], class indices
     * @param classes C
     */
    public static Evaluation of(double[][] probabilities, int[] labels, int classes) {
        BitSet correct = new BitSet();
        int[] right = new int[classes];
        int[] seen = new int[classes];
        double[] confidenceInBin = new double[BINS];
        int[] rightInBin = new int[BINS];
        for (int i = 0; i < labels.length; i++) {
            int predicted = argMax(probabilities[i]);
            double confidence = probabilities[i][predicted];
            int bin = Math.min((int) (confidence * BINS), BINS - 1);
            confidenceInBin[bin] += confidence;
            seen[labels[i]]++;
            if (predicted == labels[i]) {
                correct.set(i);
                right[labels[i]]++;
                rightInBin[bin]++;
            }
        }
        double error = 0;
        for (int bin = 0; bin < BINS; bin++) {
            error += Math.abs(confidenceInBin[bin] - rightInBin[bin]);
        }
        Double[] recalls = new Double[classes];
        Integer[] counts = new Integer[classes];
        for (int c = 0; c < classes; c++) {
            recalls[c] = seen[c] == 0 ? Double.NaN : (double) right[c] / seen[c];
            counts[c] = seen[c];
        }
        return new Evaluation(labels.length, correct, List.of(recalls), List.of(counts), error / labels.length);
    }

    /** Share of right answers, 0..1; NaN without samples. */
    public double accuracy() {
        return samples == 0 ? Double.NaN : (double) correct.cardinality() / samples;
    }

    /** The same with a calibration error from elsewhere. */
    Evaluation calibratedAs(double error) {
        return new Evaluation(samples, correct, recalls, samplesByClass, error);
    }

    /** Index of the greatest value, the first of equals. */
    public static int argMax(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[best]) {
                best = i;
            }
        }
        return best;
    }
}
