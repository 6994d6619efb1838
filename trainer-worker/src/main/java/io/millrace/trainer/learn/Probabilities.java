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

    private static float[] softmax(float[] logits) {
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

    /** Mean of the largest of each row. */
    static double meanConfidence(float[][] rows) {
        double sum = 0;
        for (float[] row : rows) {
            sum += row[argMax(row)];
        }
        return sum / rows.length;
    }
}
