package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.List;

/**
 * FreeMatch's self-adaptive threshold (Wang et al. 2023, equations 5 to 8):
 *
 * <pre>
 *   tau   = running mean of mean max p          p~ = running mean of p
 *   tau_c = tau p~_c / max p~,  weight = 1[max p &gt;= tau_argmax]
 * </pre>
 *
 * <p>Deviations: {@code tau_c} is kept between a floor and a ceiling, because thresholds that start at {@code 1/C} let
 * many wrong labels in (on SVHN the authors' own numbers are worse than FixMatch's); the means are forgotten by half-life
 * and start as plain means, where the paper keeps 0.999.
 */
final class SelfAdaptiveGate implements Gate {
    private final GateSettings settings;
    private final RunningMean confidence;
    private final RunningMean probabilities;
    private final RunningMean labels;

    SelfAdaptiveGate(GateSettings settings, int classes) {
        this.settings = settings;
        double halfLife = settings.halfLifeSteps();
        this.confidence = new RunningMean("confidence.mean", halfLife, 1f / classes);
        this.probabilities = RunningMean.uniform("probability.mean", halfLife, classes);
        this.labels = RunningMean.uniform("label.share", halfLife, classes);
    }

    @Override
    public GateDecision decide(Predictions seen) {
        float[][] rows = seen.weighed();
        confidence.add(Probabilities.meanConfidence(rows));
        probabilities.add(Probabilities.mean(rows, seen.classes()));
        labels.add(Probabilities.labelShares(rows, seen.classes()));
        float reported = within(confidence.at(0));
        return ConfidenceGate.hardLabels(seen, row -> threshold(Probabilities.argMax(row)), reported);
    }

    private float threshold(int label) {
        return within(confidence.at(0) * probabilities.at(label) / Probabilities.max(probabilities.values()));
    }

    private float within(float threshold) {
        return Math.max(settings.thresholdFloor(), Math.min(settings.thresholdCeiling(), threshold));
    }

    /** Running mean of the probabilities on unlabeled samples, {@code p~}. */
    float[] meanProbabilities() {
        return probabilities.values();
    }

    /** Running share of each class among the pseudo-labels, {@code h~}. */
    float[] labelShares() {
        return labels.values();
    }

    @Override
    public List<Tensor> state() {
        return List.of(confidence.tensor(), probabilities.tensor(), labels.tensor());
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        confidence.restore(named);
        probabilities.restore(named);
        labels.restore(named);
        named.expectNoneLeft();
    }
}
