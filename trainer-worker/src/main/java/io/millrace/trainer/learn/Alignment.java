package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Distribution alignment: {@code p~ = normalise(p prior / mean p)} with a running mean (Berthelot et al. 2020, ReMixMatch,
 * section 3.1), by default with the uniform target of Chen et al. 2023 (SoftMatch, section 3.3). Labels are replayed class by
 * class, so a target measured on labeled samples would be close to uniform as well; one measured on fresh labels is not.
 *
 * <p>Deviation: the mean is forgotten by half-life, where ReMixMatch takes that of the last 128 batches.
 */
final class Alignment {
    private static final float TINY = 1e-6f;

    private final RunningMean mean;
    private final ClassPrior prior;

    /** An alignment towards equal classes. */
    Alignment(double halfLifeSteps, int classes) {
        this(halfLifeSteps, classes, ClassPrior.USUAL);
    }

    /** @param prior what it pulls towards; equal classes while it has nothing */
    Alignment(double halfLifeSteps, int classes, ClassPrior prior) {
        this.prior = prior;
        this.mean = RunningMean.uniform("alignment.mean", halfLifeSteps, classes);
    }

    /** Takes note of these rows, then aligns them. */
    float[][] align(float[][] probabilities) {
        mean.add(Probabilities.mean(probabilities, mean.values().length));
        float[][] aligned = new float[probabilities.length][];
        Arrays.setAll(aligned, i -> align(probabilities[i]));
        return aligned;
    }

    private float[] align(float[] row) {
        float[] aligned = new float[row.length];
        float[] shares = prior.shares();
        for (int c = 0; c < row.length; c++) {
            aligned[c] = row[c] * (shares == null ? 1 : shares[c]) / (mean.at(c) + TINY);
        }
        return Probabilities.normalise(aligned);
    }

    Tensor tensor() {
        return mean.tensor();
    }

    void restore(NamedTensors named) {
        mean.restore(named);
    }

    /** Aligns what another gate decides on. */
    record Before(Alignment alignment, AlignmentUse use, Gate gate) implements Gate {
        private static final String INNER = "inner.";

        @Override
        public GateDecision decide(Predictions seen) {
            float[][] aligned = alignment.align(seen.unlabeled());
            return gate.decide(use == AlignmentUse.TARGET ? seen.replacedBy(aligned) : seen.weighedBy(aligned));
        }

        @Override
        public List<Tensor> state() {
            List<Tensor> state = Tensor.prefixed(INNER, gate.state());
            state.add(alignment.tensor());
            return state;
        }

        @Override
        public void restore(List<Tensor> state) {
            NamedTensors named = new NamedTensors(state);
            alignment.restore(named);
            gate.restore(named.takeAll(INNER));
            named.expectNoneLeft();
        }
    }
}
