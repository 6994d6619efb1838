package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * IOMatch's two kinds of targets (Li et al. 2023, equations 5 to 9). With aligned probabilities {@code p~} and the
 * binary heads' {@code o_c}, the probability of being in class {@code c} at all:
 *
 * <pre>
 *   q_c = p~_c o_c,  q_unknown = 1 - sum_c q_c
 *   closed: weight = 1[max p~ &gt;= threshold] 1[q_unknown &lt; 0.5],  target = one-hot of argmax p~
 *   open:   weight = 1[max q &gt;= 0.5],  target = q
 * </pre>
 *
 * <p>Deviation: the alignment forgets by half-life, where the authors' code takes the last 128 batches.
 */
final class OpenSetGate implements Gate {
    /** Places among the further heads. */
    static final int OPEN = 0;

    static final int INLIER = 1;
    private static final float LEAST = 0.5f;

    private final float threshold;
    private final Alignment alignment;

    private float[][] openTargets = new float[0][];

    OpenSetGate(GateSettings settings, int classes) {
        this(settings, classes, ClassPrior.USUAL);
    }

    /** @param prior what the alignment pulls towards */
    OpenSetGate(GateSettings settings, int classes, ClassPrior prior) {
        this.threshold = settings.confidenceThreshold();
        this.alignment = new Alignment(settings.halfLifeSteps(), classes, prior);
    }

    @Override
    public GateDecision decide(Predictions seen) {
        int classes = seen.classes();
        float[][] aligned = alignment.align(seen.weighed());
        openTargets = new float[seen.size()][classes + 1];
        float[][] targets = new float[seen.size()][];
        float[] weights = new float[seen.size()];
        boolean[] open = new boolean[seen.size()];
        List<GateReason> reasons = new ArrayList<>(seen.size());
        for (int i = 0; i < weights.length; i++) {
            float known = 0;
            for (int c = 0; c < classes; c++) {
                openTargets[i][c] = aligned[i][c] * sigmoid(seen.heads().get(INLIER)[i][c]);
                known += openTargets[i][c];
            }
            openTargets[i][classes] = Math.max(0, 1 - known);
            boolean unknown = openTargets[i][classes] >= LEAST;
            boolean sure = Probabilities.max(aligned[i]) >= threshold;
            targets[i] = Probabilities.oneHot(Probabilities.argMax(aligned[i]), classes);
            weights[i] = sure && !unknown ? 1 : 0;
            open[i] = isOpenTarget(i);
            GateReason notUnknown = sure ? GateReason.ACCEPTED : GateReason.BELOW_THRESHOLD;
            reasons.add(unknown ? GateReason.UNKNOWN : notUnknown);
        }
        return new GateDecision(targets, weights, reasons, threshold).alsoSeeing(open);
    }

    private static float sigmoid(float logit) {
        return (float) (1 / (1 + Math.exp(-logit)));
    }

    /** True when the open-set head learns from a sample, as of the last decision. */
    boolean isOpenTarget(int sample) {
        return Probabilities.max(openTargets[sample]) >= LEAST;
    }

    /** {@code q} of each unlabeled sample, as of the last decision: {@code [M][classes + 1]}. */
    float[][] openTargets() {
        return openTargets;
    }

    @Override
    public List<Tensor> state() {
        return List.of(alignment.tensor());
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        alignment.restore(named);
        named.expectNoneLeft();
    }
}
