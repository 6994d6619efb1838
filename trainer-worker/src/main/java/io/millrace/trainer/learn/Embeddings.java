package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;

/** Small arithmetic on embeddings. */
final class Embeddings {
    /** Added to the squared length: a row of zeros stays so, and its gradient stays finite. */
    private static final double TINY = 1e-6;

    private Embeddings() {}

    /** Rows {@code [N, D]}, float32, scaled to length 1, with gradient; owned by the manager of the rows. */
    static NDArray unit(NDArray embeddings) {
        NDArray length = embeddings.square().sum(new int[] {1}, true).add(TINY).sqrt();
        return embeddings.div(length);
    }

    /** Scaled to length 1; zeros stay zeros. */
    static float[] unit(float[] embedding) {
        double length = Math.sqrt(dot(embedding, embedding));
        return length > 0 ? Probabilities.scaled(embedding, (float) (1 / length)) : embedding.clone();
    }

    /** The product of the first values of both, as many as the shorter has. */
    static double dot(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < Math.min(one.length, other.length); i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }
}
