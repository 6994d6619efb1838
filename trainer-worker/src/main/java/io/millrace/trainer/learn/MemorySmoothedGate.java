package io.millrace.trainer.learn;

import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * CoMatch's memory-smoothed pseudo-labels (Li et al. 2021, equations 3 to 5). With embeddings {@code z} of length 1 and a
 * memory of the latest samples {@code k}:
 *
 * <pre>
 *   a_k = softmax_k(z . z_k / 0.2)
 *   q   = 0.9 p~ + 0.1 sum_k a_k p~_k          p~: aligned
 *   weight = 1[max q &gt;= threshold],  target = q
 * </pre>
 *
 * <p>The memory holds the last 5 batches: unlabeled samples with {@code p~}, labeled ones with their label. Threshold 0.95.
 * Deviation: the alignment forgets by half-life, where the paper takes the mean of the last 32 batches.
 */
final class MemorySmoothedGate implements Gate {
    private static final double TEMPERATURE = 0.2;
    private static final float OWN_SHARE = 0.9f;
    private static final int BATCHES = 5;

    private final float threshold;
    private final Alignment alignment;
    private final int embedding;
    private final int classes;
    private final int capacity;
    /** Embedding, then probabilities; oldest first. */
    private final Deque<float[]> memory = new ArrayDeque<>();

    MemorySmoothedGate(LearnSettings settings, int embedding, int classes) {
        this(settings, embedding, classes, ClassPrior.USUAL);
    }

    /** @param prior what the alignment pulls towards */
    MemorySmoothedGate(LearnSettings settings, int embedding, int classes, ClassPrior prior) {
        this.threshold = settings.gate().confidenceThreshold();
        this.alignment = new Alignment(settings.gate().halfLifeSteps(), classes, prior);
        this.embedding = embedding;
        this.classes = classes;
        this.capacity = BATCHES * (settings.batchLabeled() + settings.batchUnlabeled());
    }

    @Override
    public GateDecision decide(Predictions seen) {
        float[][] aligned = alignment.align(seen.weighed());
        float[][] embeddings = new float[seen.heads().get(0).length][];
        Arrays.setAll(embeddings, i -> Embeddings.unit(seen.heads().get(0)[i]));
        float[][] smoothed = new float[seen.size()][];
        Arrays.setAll(smoothed, i -> smooth(aligned[i], embeddings[i]));
        remember(seen.batch(), aligned, embeddings);
        return new SoftTargetGate(threshold, 1).decide(seen.replacedBy(smoothed));
    }

    private float[] smooth(float[] own, float[] at) {
        if (memory.isEmpty()) {
            return own;
        }
        double[] others = new double[classes];
        double sum = 0;
        for (float[] row : memory) {
            double similar = Math.exp((Embeddings.dot(at, row) - 1) / TEMPERATURE);
            sum += similar;
            for (int c = 0; c < classes; c++) {
                others[c] += similar * row[embedding + c];
            }
        }
        float[] smoothed = new float[classes];
        for (int c = 0; c < classes; c++) {
            smoothed[c] = (float) (OWN_SHARE * own[c] + (1 - OWN_SHARE) * others[c] / sum);
        }
        return smoothed;
    }

    private void remember(TrainingBatch batch, float[][] aligned, float[][] embeddings) {
        for (int i = 0; i < embeddings.length; i++) {
            int labeled = i - aligned.length;
            float[] says = labeled < 0
                    ? aligned[i]
                    : Probabilities.oneHot(batch.labeled().get(labeled).label(), classes);
            float[] row = Arrays.copyOf(embeddings[i], embedding + classes);
            System.arraycopy(says, 0, row, embedding, classes);
            memory.addLast(row);
            if (memory.size() > capacity) {
                memory.removeFirst();
            }
        }
    }

    @Override
    public List<Tensor> state() {
        float[][] rows = memory.toArray(float[][]::new);
        List<Tensor> state = new ArrayList<>();
        state.add(alignment.tensor());
        state.add(Tensor.rows("memory", embedding + classes, rows));
        return state;
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        alignment.restore(named);
        float[][] rows = named.takeRows("memory", embedding + classes);
        named.expectNoneLeft();
        memory.clear();
        memory.addAll(Arrays.asList(rows));
    }
}
