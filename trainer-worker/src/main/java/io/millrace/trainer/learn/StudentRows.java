package io.millrace.trainer.learn;

/**
 * What the student sees, row by row: the labeled views, then one view of each chosen unlabeled sample, then, where the
 * method wants it, a second view of each.
 *
 * @param samples rows one after the other
 * @param targets {@code [rows][classes]}
 * @param weights {@code [rows]}: the loss is {@code sum_i weight_i CE(target_i, student_i)}
 * @param labeled number of labeled rows
 * @param chosen which unlabeled samples, by their place in the batch
 */
@SuppressWarnings("ArrayRecordComponent") // lives within one step, never compared
record StudentRows(float[] samples, float[][] targets, float[] weights, int labeled, int[] chosen) {
    int rows() {
        return targets.length;
    }

    /** {@code -weight_i target_i}: the sum of products with log-probabilities is the loss. Rows from {@code to} on are 0. */
    float[] weightedTargets(int to) {
        int classes = targets[0].length;
        float[] weighted = new float[rows() * classes];
        for (int i = 0; i < to * classes; i++) {
            weighted[i] = -weights[i / classes] * targets[i / classes][i % classes];
        }
        return weighted;
    }

    /** {@code sum_i weight_i CE(target_i, student_i)} over some of the rows. */
    double crossEntropy(float[][] logits, int from, int to) {
        double loss = 0;
        for (int i = from; i < to; i++) {
            loss += weights[i] * Probabilities.crossEntropy(targets[i], logits[i]);
        }
        return loss;
    }
}
