package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;

/**
 * FreeMatch (Wang et al. 2023) with a teacher: FixMatch's loss behind a {@link SelfAdaptiveGate}, and a {@link
 * FairnessTerm} of weight 0.001 (the authors' setting for small images).
 *
 * <p>Deviations, beside those of gate and term: the predictions are those of the EMA teacher; warm start and ramp as in
 * {@link FixMatch}.
 */
final class FreeMatch {
    private static final float FAIRNESS = 0.001f;

    private FreeMatch() {}

    static Method compose(GateSettings settings, int classes) {
        SelfAdaptiveGate gate = new SelfAdaptiveGate(settings, classes);
        return Method.labeledBy(Predictor.TEACHER, gate)
                .learningFrom(StudentViews.ACCEPTED_STRONG)
                .plus(new FairnessTerm(gate, FAIRNESS));
    }
}
