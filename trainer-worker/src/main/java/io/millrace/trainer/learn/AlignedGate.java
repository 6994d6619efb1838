package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * AdaMatch's distribution alignment and relative threshold (Berthelot et al. 2022, section 3.2):
 *
 * <pre>
 *   p~ = normalise(p * labeled / unlabeled)      running means of the teacher's probabilities
 *   threshold = r * c                            c: running mean of max p on labeled samples
 *   weight = 1[max p~ &gt;= threshold],  target = one-hot of argmax p~
 * </pre>
 *
 * <p>Deviations: the labeled samples are drawn class by class, so the alignment pulls towards equal classes, as AdaMatch
 * does where the labeled set is balanced: on a stream with rare classes it gives them more pseudo-labels than their share;
 * the predictions are those of an EMA teacher; {@code c} is a running mean as the alignment is, not the
 * batch's own; the threshold is kept between a floor and a ceiling, because replayed labels are partly memorised and
 * {@code c} drifts to 1; {@code r} = 0.95 by default (the authors' code has 0.9). The means are forgotten by half-life and
 * start as plain means: {@code m = min(1 - 1/t, 0.5^(1/halfLife))}.
 */
final class AlignedGate implements Gate {
    private static final String LABELED = "labeled.mean";
    private static final String UNLABELED = "unlabeled.mean";
    private static final String SCALARS = "confidence.and.updates";
    /** Floats hold every whole number up to here; past it the warm-up is long over. */
    private static final int MAX_UPDATES = 1 << 24;

    private static final float TINY = 1e-6f;

    private final GateSettings settings;
    private final ClassPrior prior;
    private final float[] labeledMean;
    private final float[] unlabeledMean;
    private float labeledConfidence;
    private int updates;

    AlignedGate(GateSettings settings, int classes) {
        this(settings, classes, ClassPrior.USUAL);
    }

    /** @param prior in the place of the labeled mean, where it has something */
    AlignedGate(GateSettings settings, int classes, ClassPrior prior) {
        this.settings = settings;
        this.prior = prior;
        this.labeledMean = new float[classes];
        this.unlabeledMean = new float[classes];
        Arrays.fill(labeledMean, 1f / classes);
        Arrays.fill(unlabeledMean, 1f / classes);
    }

    @Override
    public GateDecision decide(Predictions seen) {
        float[][] unlabeled = seen.unlabeled();
        float[][] labeled = seen.labeled();
        if (unlabeled.length == 0 || labeled.length == 0) {
            throw new IllegalArgumentException("expected predictions on labeled and unlabeled samples, got "
                    + labeled.length + " and " + unlabeled.length);
        }
        observe(unlabeled, labeled);
        float[][] aligned = new float[unlabeled.length][];
        Arrays.setAll(aligned, i -> align(unlabeled[i]));
        float threshold = threshold();
        return ConfidenceGate.hardLabels(seen.replacedBy(aligned), row -> threshold, threshold);
    }

    private void observe(float[][] unlabeled, float[][] labeled) {
        updates = Math.min(updates + 1, MAX_UPDATES);
        double kept = Math.min(1 - 1.0 / updates, Math.pow(0.5, 1 / settings.halfLifeSteps()));
        move(labeledMean, Probabilities.mean(labeled, labeledMean.length), kept);
        move(unlabeledMean, Probabilities.mean(unlabeled, unlabeledMean.length), kept);
        labeledConfidence = (float) (kept * labeledConfidence + (1 - kept) * Probabilities.meanConfidence(labeled));
    }

    private static void move(float[] mean, double[] seen, double kept) {
        for (int c = 0; c < mean.length; c++) {
            mean[c] = (float) (kept * mean[c] + (1 - kept) * seen[c]);
        }
    }

    private float[] align(float[] probabilities) {
        float[] aligned = new float[probabilities.length];
        double sum = 0;
        float[] shares = prior.shares();
        float[] towards = shares == null ? labeledMean : shares;
        for (int c = 0; c < aligned.length; c++) {
            aligned[c] = probabilities[c] * towards[c] / (unlabeledMean[c] + TINY);
            sum += aligned[c];
        }
        for (int c = 0; c < aligned.length; c++) {
            aligned[c] = (float) (aligned[c] / sum);
        }
        return aligned;
    }

    private float threshold() {
        float relative = settings.relativeThreshold() * labeledConfidence;
        return Math.max(settings.thresholdFloor(), Math.min(settings.thresholdCeiling(), relative));
    }

    @Override
    public List<Tensor> state() {
        return List.of(
                Tensor.vector(LABELED, labeledMean.clone()),
                Tensor.vector(UNLABELED, unlabeledMean.clone()),
                Tensor.vector(SCALARS, labeledConfidence, updates));
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        float[] labeled = named.take(LABELED, List.of(labeledMean.length));
        float[] unlabeled = named.take(UNLABELED, List.of(unlabeledMean.length));
        float[] scalars = named.take(SCALARS, List.of(2));
        named.expectNoneLeft();
        System.arraycopy(labeled, 0, labeledMean, 0, labeled.length);
        System.arraycopy(unlabeled, 0, unlabeledMean, 0, unlabeled.length);
        labeledConfidence = scalars[0];
        updates = (int) scalars[1];
    }
}
