package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * SoftMatch's truncated Gaussian (Chen et al. 2023, section 3.2, equation 7) on uniformly aligned confidence (section
 * 3.3):
 *
 * <pre>
 *   p~ = normalise(p / mean p)                                        aligned, for the weight alone
 *   mu, sigma^2 = running mean and variance of max p~
 *   weight = exp(-min(max p~ - mu, 0)^2 / (2 sigma^2 / 2^2)),  target = one-hot of argmax p
 * </pre>
 *
 * <p>Deviations: {@code mu} and {@code sigma} are measured on the aligned confidence that they judge, as in the authors'
 * later code (the paper measures before the alignment); both are forgotten by half-life and start as plain means, where the
 * paper starts at {@code 1/C} and 1 and keeps 0.999; a weight below 0.01 counts as 0, which spares the student the sample.
 */
final class SoftWeightGate implements Gate {
    private static final double DEVIATIONS = 2;
    private static final float LEAST_WEIGHT = 0.01f;
    private static final double TINY = 1e-12;

    private final Alignment alignment;
    private final RunningMean confidence;

    SoftWeightGate(double halfLifeSteps, int classes) {
        this(halfLifeSteps, classes, ClassPrior.USUAL);
    }

    /** @param prior what the alignment pulls towards */
    SoftWeightGate(double halfLifeSteps, int classes, ClassPrior prior) {
        this.alignment = new Alignment(halfLifeSteps, classes, prior);
        this.confidence = new RunningMean("confidence.mean.and.variance", halfLifeSteps, 1f / classes, 1);
    }

    @Override
    public GateDecision decide(Predictions seen) {
        float[][] aligned = alignment.align(seen.weighed());
        double mean = Probabilities.meanConfidence(aligned);
        double squares = 0;
        for (float[] row : aligned) {
            squares += Math.pow(Probabilities.max(row) - mean, 2);
        }
        confidence.add(mean, squares / Math.max(1, aligned.length - 1));
        float[][] targets = new float[seen.size()][];
        float[] weights = new float[seen.size()];
        List<GateReason> reasons = new ArrayList<>(seen.size());
        for (int i = 0; i < seen.size(); i++) {
            targets[i] = Probabilities.oneHot(Probabilities.argMax(seen.unlabeled()[i]), seen.classes());
            float weight = weight(Probabilities.max(aligned[i]));
            weights[i] = weight >= LEAST_WEIGHT ? weight : 0;
            reasons.add(weights[i] > 0 ? GateReason.ACCEPTED : GateReason.BELOW_THRESHOLD);
        }
        return new GateDecision(targets, weights, reasons, confidence.at(0));
    }

    private float weight(float sure) {
        double below = Math.min(sure - confidence.at(0), 0);
        double variance = confidence.at(1) / (DEVIATIONS * DEVIATIONS);
        return (float) Math.exp(-below * below / (2 * variance + TINY));
    }

    @Override
    public List<Tensor> state() {
        return List.of(alignment.tensor(), confidence.tensor());
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        alignment.restore(named);
        confidence.restore(named);
        named.expectNoneLeft();
    }
}
