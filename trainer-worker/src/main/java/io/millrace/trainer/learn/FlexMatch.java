package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;

/**
 * FlexMatch (Zhang et al. 2021) with a teacher: FixMatch's loss behind a {@link CurriculumGate}.
 *
 * <p>Deviations, beside the gate's: the predictions are those of the EMA teacher; warm start and ramp as in {@link
 * FixMatch}.
 */
final class FlexMatch {
    private FlexMatch() {}

    static Method compose(GateSettings settings, int classes) {
        return Method.labeledBy(Predictor.TEACHER, new CurriculumGate(settings, classes));
    }
}
