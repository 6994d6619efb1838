package io.millrace.trainer.learn;

/** Small arithmetic on rows of class probabilities, in Java: {@code [N][classes]}. */
final class Probabilities {
    private Probabilities() {}

    /** Softmax of each row of logits. */
    static float[][] softmax(float[][] logits) {
        float[][] probabilities = new float[logits.length][];
        for (int i = 0; i < logits.length; i++) {
            probabilities[i] = softmax(logits[i]);
        }
        return probabilities;
    }

    /** Softmax of one row of logits. */
    static float[] softmax(float[] logits) {
        float largest = logits[argMax(logits)];
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - largest);
        }
        float[] probabilities = new float[logits.length];
        for (int c = 0; c < logits.length; c++) {
            probabilities[c] = (float) (Math.exp(logits[c] - largest) / sum);
        }
        return probabilities;
    }

    /** {@code -sum_c target_c log softmax(logits)_c}. */
    static double crossEntropy(float[] target, float[] logits) {
        float largest = logits[argMax(logits)];
        double sum = 0;
        double dot = 0;
        double mass = 0;
        for (int c = 0; c < logits.length; c++) {
            sum += Math.exp(logits[c] - largest);
            dot += (double) target[c] * (logits[c] - largest);
            mass += target[c];
        }
        return mass * Math.log(sum) - dot;
    }

    /** The first of the largest. */
    static int argMax(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[best]) {
                best = i;
            }
        }
        return best;
    }

    /** The largest value; not a number when one of them is not. */
    static float max(float[] values) {
        return values[argMax(values)];
    }

    /** Divides by the sum. */
    static float[] normalise(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        float[] normalised = new float[values.length];
        for (int c = 0; c < values.length; c++) {
            normalised[c] = (float) (values[c] / sum);
        }
        return normalised;
    }

    /** The mean of two rows. */
    static float[] average(float[] one, float[] other) {
        float[] mean = new float[one.length];
        for (int c = 0; c < mean.length; c++) {
            mean[c] = (one[c] + other[c]) / 2;
        }
        return mean;
    }

    /** Each value times a factor. */
    static float[] scaled(float[] values, float factor) {
        float[] scaled = new float[values.length];
        for (int c = 0; c < values.length; c++) {
            scaled[c] = factor * values[c];
        }
        return scaled;
    }

    /** {@code p^(1/temperature)}, normalised: sharper below 1 (Berthelot et al. 2019, MixMatch, equation 7). */
    static float[] sharpen(float[] probabilities, float temperature) {
        float[] sharp = new float[probabilities.length];
        float largest = max(probabilities);
        for (int c = 0; c < sharp.length; c++) {
            sharp[c] = (float) Math.pow(probabilities[c] / largest, 1 / temperature);
        }
        return normalise(sharp);
    }

    /** 1 at one class, 0 elsewhere. */
    static float[] oneHot(int label, int classes) {
        if (!(label >= 0 && label < classes)) {
            throw new IllegalArgumentException("expected a label of 0 to " + (classes - 1) + ", got " + label);
        }
        float[] target = new float[classes];
        target[label] = 1;
        return target;
    }

    /** Column means. */
    static double[] mean(float[][] rows, int classes) {
        double[] mean = new double[classes];
        for (float[] row : rows) {
            for (int c = 0; c < classes; c++) {
                mean[c] += row[c] / rows.length;
            }
        }
        return mean;
    }

    /** Share of the rows whose largest value is that of each class. */
    static double[] labelShares(float[][] rows, int classes) {
        double[] shares = new double[classes];
        for (float[] row : rows) {
            shares[argMax(row)] += 1.0 / rows.length;
        }
        return shares;
    }

    /** Mean of the largest of each row. */
    static double meanConfidence(float[][] rows) {
        double sum = 0;
        for (float[] row : rows) {
            sum += row[argMax(row)];
        }
        return sum / rows.length;
    }
}
