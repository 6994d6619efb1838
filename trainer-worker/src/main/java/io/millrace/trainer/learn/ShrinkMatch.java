package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;
import io.millrace.trainer.model.Head;

/**
 * ShrinkMatch (Yang et al. 2023) with a teacher: FixMatch, and what FixMatch refuses is learned among fewer classes, see
 * {@link ShrinkingGate} and {@link ShrunkSpaceTerm}.
 *
 * <p>Deviations, beside those of gate and term: the predictions are those of the EMA teacher; warm start and ramp as in
 * {@link FixMatch}.
 */
final class ShrinkMatch {
    private ShrinkMatch() {}

    static Method compose(GateSettings settings, int classes) {
        ShrinkingGate gate = new ShrinkingGate(settings);
        return Method.labeledBy(Predictor.TEACHER, gate)
                .learningFrom(StudentViews.ALL_STRONG)
                .plus(new ShrunkSpaceTerm(gate))
                .withHeads(new Head("shrunk", classes, Head.Kind.LINEAR));
    }
}
