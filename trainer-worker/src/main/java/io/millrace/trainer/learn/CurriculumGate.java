package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.List;

/**
 * FlexMatch's curriculum of thresholds (Zhang et al. 2021, equations 5 to 11): a class that is seldom predicted with
 * confidence has hardly been learned, and asks for less.
 *
 * <pre>
 *   sigma_c = share of samples with max p &gt;= tau and argmax p = c          sigma_none = share of the others
 *   beta_c  = sigma_c / max(max_c sigma_c, sigma_none)
 *   tau_c   = tau beta_c / (2 - beta_c),  weight = 1[max p &gt;= tau_argmax]
 * </pre>
 *
 * <p>Deviations: the paper counts the distinct samples of a data set by their last prediction; a stream has no end, so the
 * shares are running means with a half-life. {@code tau_c} never falls below a floor.
 */
final class CurriculumGate implements Gate {
    private final GateSettings settings;
    private final RunningMean shares;

    CurriculumGate(GateSettings settings, int classes) {
        this.settings = settings;
        this.shares = new RunningMean("confident.share", settings.halfLifeSteps(), new float[classes + 1]);
    }

    @Override
    public GateDecision decide(Predictions seen) {
        double[] counted = new double[seen.classes() + 1];
        for (float[] row : seen.weighed()) {
            int label = Probabilities.argMax(row);
            boolean sure = row[label] >= settings.confidenceThreshold();
            counted[sure ? label : seen.classes()] += 1.0 / seen.size();
        }
        shares.add(counted);
        float most = Probabilities.max(shares.values());
        return ConfidenceGate.hardLabels(
                seen, row -> threshold(Probabilities.argMax(row), most), settings.confidenceThreshold());
    }

    private float threshold(int label, float most) {
        float learned = shares.at(label) / most;
        return Math.max(
                Math.min(settings.thresholdFloor(), settings.confidenceThreshold()),
                settings.confidenceThreshold() * learned / (2 - learned));
    }

    @Override
    public List<Tensor> state() {
        return List.of(shares.tensor());
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        shares.restore(named);
        named.expectNoneLeft();
    }
}
