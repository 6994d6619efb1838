package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;

/**
 * SoftMatch (Chen et al. 2023) with a teacher: FixMatch's loss with a weight between 0 and 1 for each sample, see {@link
 * SoftWeightGate}.
 *
 * <p>Deviations, beside the gate's: the predictions are those of the EMA teacher; warm start and ramp as in {@link
 * FixMatch}.
 */
final class SoftMatch {
    private SoftMatch() {}

    static Method compose(GateSettings settings, int classes, ClassPrior prior) {
        return Method.labeledBy(Predictor.TEACHER, new SoftWeightGate(settings.halfLifeSteps(), classes, prior));
    }
}
