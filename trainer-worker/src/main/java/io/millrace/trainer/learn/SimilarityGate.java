package io.millrace.trainer.learn;

import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.List;

/**
 * SimMatch's label propagation (Zheng et al. 2022, sections 3.3 and 3.4). With embeddings {@code z} of length 1, and labeled
 * samples {@code k} of embedding {@code z_k} and label {@code y_k}:
 *
 * <pre>
 *   s_k = softmax_k(z . z_k / 0.1)
 *   q_k = normalise_k(s_k p~_{y_k})                      instance target, unfolded
 *   q_c = 0.9 p~_c + 0.1 sum_{k: y_k = c} s_k            class target, aggregated
 *   weight = 1[max q_c &gt;= threshold]
 *   z_k &lt;- unit(0.7 z_k + 0.3 z)                         for the labeled samples of the batch
 * </pre>
 *
 * <p>Deviations: the paper has one {@code z_k} for each label of the data set, here it is one for each of as many labeled
 * samples as are replayed; the alignment forgets by half-life, where the paper takes the mean of the last 32 batches.
 */
final class SimilarityGate implements Gate {
    static final double TEMPERATURE = 0.1;
    private static final float OWN_SHARE = 0.9f;
    private static final float KEPT = 0.7f;

    private final float threshold;
    private final int embedding;
    private final Alignment alignment;
    /** Embedding, then the label. */
    private final SlotTable labeled;

    /** Embeddings of the labeled samples and what the unlabeled ones should be like, as of the last decision. */
    private float[][] anchors = new float[0][];

    private float[][] instanceTargets = new float[0][];

    SimilarityGate(LearnSettings settings, int embedding, int classes) {
        this(settings, embedding, classes, ClassPrior.USUAL);
    }

    /** @param prior what the alignment pulls towards */
    SimilarityGate(LearnSettings settings, int embedding, int classes, ClassPrior prior) {
        this.threshold = settings.gate().confidenceThreshold();
        this.embedding = embedding;
        this.alignment = new Alignment(settings.gate().halfLifeSteps(), classes, prior);
        this.labeled = new SlotTable("labeled", embedding + 1, settings.labeledCapacity());
    }

    @Override
    public GateDecision decide(Predictions seen) {
        float[][] aligned = alignment.align(seen.weighed());
        anchors = labeled.rows().stream().map(float[]::clone).toArray(float[][]::new);
        instanceTargets = new float[seen.size()][];
        float[][] targets = new float[seen.size()][];
        for (int i = 0; i < targets.length; i++) {
            float[] similar = similar(Embeddings.unit(seen.heads().get(0)[i]));
            instanceTargets[i] = unfolded(similar, aligned[i]);
            targets[i] = aggregated(similar, aligned[i]);
        }
        for (int i = 0; i < seen.batch().labeled().size(); i++) {
            remember(seen.batch().labeled().get(i), seen.heads().get(0)[targets.length + i]);
        }
        return new SoftTargetGate(threshold, 1).decide(seen.replacedBy(targets));
    }

    private float[] similar(float[] at) {
        float[] logits = new float[anchors.length];
        for (int k = 0; k < logits.length; k++) {
            logits[k] = (float) (Embeddings.dot(at, anchors[k]) / TEMPERATURE);
        }
        return logits.length == 0 ? logits : Probabilities.softmax(logits);
    }

    private float[] unfolded(float[] similar, float[] aligned) {
        float[] unfolded = new float[similar.length];
        for (int k = 0; k < similar.length; k++) {
            unfolded[k] = similar[k] * aligned[label(k)];
        }
        return Probabilities.normalise(unfolded);
    }

    private float[] aggregated(float[] similar, float[] aligned) {
        if (similar.length == 0) {
            return aligned;
        }
        float[] aggregated = Probabilities.scaled(aligned, OWN_SHARE);
        for (int k = 0; k < similar.length; k++) {
            aggregated[label(k)] += (1 - OWN_SHARE) * similar[k];
        }
        return aggregated;
    }

    private int label(int anchor) {
        return (int) anchors[anchor][embedding];
    }

    private void remember(Sample sample, float[] output) {
        float[] seen = Embeddings.unit(output);
        float[] slot = labeled.findOrMake(sample.frameId() + "=" + sample.label());
        float[] moved = new float[embedding];
        boolean isNew = Embeddings.dot(slot, slot) == 0;
        for (int i = 0; i < embedding; i++) {
            moved[i] = isNew ? seen[i] : KEPT * slot[i] + (1 - KEPT) * seen[i];
        }
        System.arraycopy(Embeddings.unit(moved), 0, slot, 0, embedding);
        slot[embedding] = sample.label();
    }

    /** Rows that begin with the embedding of a labeled sample, as of the last decision. */
    float[][] anchors() {
        return anchors;
    }

    /** {@code q_k} of each unlabeled sample, as of the last decision: {@code [M][anchors]}. */
    float[][] instanceTargets() {
        return instanceTargets;
    }

    @Override
    public List<Tensor> state() {
        return List.of(alignment.tensor(), labeled.tensor());
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        alignment.restore(named);
        labeled.restore(named);
        named.expectNoneLeft();
    }
}
