package io.millrace.trainer.learn;

import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A class may have at most so many times its share among fresh labels of what is accepted lately. That stops a teacher that
 * answers more and more with one class.
 *
 * <pre>
 *   refused when  accepted_c + w &gt; factor prior_c (accepted + w)
 * </pre>
 *
 * <p>Off while there are fewer than {@value FreshLabels#ENOUGH} recent labels, or fewer than {@value #ENOUGH} accepted
 * samples. Replayed samples count as fresh ones do. Our own rule; Chen et al. 2022 (DebiasPL) describe what it is against.
 */
final class ClassQuota implements Refusal {
    static final int ENOUGH = 200;

    private final GateRules rules;
    private final FreshLabels labels;
    /** Weights of what is accepted of each class, forgotten as frames pass. */
    private final float[] accepted;

    ClassQuota(GateRules rules, int classes, FreshLabels labels) {
        this.rules = rules;
        this.labels = labels;
        this.accepted = new float[classes];
    }

    @Override
    public String name() {
        return "class.quota";
    }

    @Override
    public void arrived(TrainingBatch batch) {
        float kept = (float) Math.pow(0.5, batch.fresh() / rules.windowFrames());
        for (int c = 0; c < accepted.length; c++) {
            accepted[c] *= kept;
        }
    }

    @Override
    public @Nullable GateReason[] refuse(Predictions seen, GateDecision decision) {
        @Nullable GateReason[] refused = new GateReason[seen.size()];
        float[] prior = labels.prior();
        float[] counted = accepted.clone();
        int[] classes = decision.pseudoLabels();
        float total = sum(counted);
        for (int i = 0; i < classes.length; i++) {
            float weight = decision.weights()[i];
            if (weight == 0) {
                continue;
            }
            if (prior != null
                    && total >= ENOUGH
                    && counted[classes[i]] + weight > rules.classQuota() * prior[classes[i]] * (total + weight)) {
                refused[i] = GateReason.CLASS_QUOTA;
            } else {
                counted[classes[i]] += weight;
                total += weight;
            }
        }
        return refused;
    }

    @Override
    public void accepted(Predictions seen, GateDecision decision) {
        int[] classes = decision.pseudoLabels();
        for (int i = 0; i < classes.length; i++) {
            if (classes[i] >= 0) {
                accepted[classes[i]] += decision.weights()[i];
            }
        }
    }

    private static float sum(float[] values) {
        float sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }

    @Override
    public List<Tensor> state() {
        return List.of(Tensor.vector("accepted", accepted.clone()));
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        System.arraycopy(named.take("accepted", List.of(accepted.length)), 0, accepted, 0, accepted.length);
        named.expectNoneLeft();
    }
}
