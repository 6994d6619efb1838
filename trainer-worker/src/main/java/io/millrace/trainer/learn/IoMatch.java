package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;
import io.millrace.trainer.learn.StudentViews.Blend;
import io.millrace.trainer.learn.StudentViews.Rows;
import io.millrace.trainer.learn.StudentViews.View;
import io.millrace.trainer.model.Head;
import java.util.List;

/**
 * IOMatch (Li et al. 2023) with a teacher, for streams with frames of none of the classes. Beside the classifier there is
 * one binary head for each class, "is it in that class at all", and an open-set head of one class more, "unknown", which
 * is part of the network's config and published; see
 * {@link OpenSetGate} and {@link OpenSetTerm}. A sample that the gate calls {@link GateReason#UNKNOWN} never teaches the
 * classifier a class.
 *
 * <p>Deviations, beside those of gate and term: the predictions are those of the EMA teacher; both heads sit on the
 * network's features without projections of their own; no mixup, because the binary heads need labels that are one
 * class; warm start and ramp as in {@link FixMatch}.
 */
final class IoMatch {
    private IoMatch() {}

    static Method compose(GateSettings settings, int classes, ClassPrior prior) {
        OpenSetGate gate = new OpenSetGate(settings, classes, prior);
        return Method.labeledBy(Predictor.TEACHER, gate)
                .learningFrom(new StudentViews(Rows.ACCEPTED, List.of(View.STRONG), Blend.NONE))
                .plus(new OpenSetTerm(gate))
                .withHeads(new Head("inlier", classes, Head.Kind.LINEAR));
    }
}
