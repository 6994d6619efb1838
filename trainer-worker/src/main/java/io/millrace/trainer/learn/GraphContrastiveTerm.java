package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;

/**
 * CoMatch's graph-based contrastive loss (Li et al. 2021, equations 7 to 10) over two strong views of the unlabeled samples:
 *
 * <pre>
 *   W_ij = 1 for i = j;  q_i . q_j where that is at least 0.8;  else 0          rows normalised
 *   L = - lambda / M sum_ij W_ij log softmax_j(z_i . z'_j / 0.2)
 * </pre>
 *
 * <p>{@code z} and {@code z'} are the embeddings of both views, of length 1. No state.
 */
final class GraphContrastiveTerm implements LossTerm {
    private static final double TEMPERATURE = 0.2;
    private static final float LEAST = 0.8f;

    @Override
    public String name() {
        return "graph.contrastive";
    }

    @Override
    public NDArray loss(StudentPass pass) {
        StudentRows seen = pass.seen();
        int count = seen.chosen().length;
        if (count == 0) {
            return pass.nothing();
        }
        NDList parts = pass.head(0).split(new long[] {seen.labeled(), seen.labeled() + count}, 0);
        NDArray one = Embeddings.unit(parts.get(1));
        NDArray other = Embeddings.unit(parts.get(2));
        NDArray similar = one.matMul(other.transpose()).div(TEMPERATURE).logSoftmax(1);
        float[][] targets = new float[count][];
        for (int i = 0; i < count; i++) {
            targets[i] = seen.targets()[seen.labeled() + i];
        }
        return similar.mul(pass.constant(graph(targets), count)).sum().mul(-pass.unlabeledWeight() / count);
    }

    /** {@code W} of these pseudo-labels. */
    static float[][] graph(float[][] targets) {
        float[][] graph = new float[targets.length][targets.length];
        for (int i = 0; i < targets.length; i++) {
            for (int j = 0; j < targets.length; j++) {
                float alike = i == j ? 1 : (float) Embeddings.dot(targets[i], targets[j]);
                graph[i][j] = alike >= LEAST ? alike : 0;
            }
            graph[i] = Probabilities.normalise(graph[i]);
        }
        return graph;
    }
}
