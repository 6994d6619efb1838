package io.millrace.trainer.learn;

/** Small arithmetic on embeddings, in Java. */
final class Embeddings {
    private Embeddings() {}

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
