package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;
import io.millrace.trainer.learn.StudentViews.Blend;
import io.millrace.trainer.learn.StudentViews.Rows;
import io.millrace.trainer.learn.StudentViews.View;
import java.util.List;

/**
 * Pseudo-Label (Lee 2013): {@code L = CE(labeled) + alpha(t) mean_i 1[max p_i >= 0.95] CE(student(weak_i), argmax p_i)};
 * the student labels for itself, on the very view that it then learns. The threshold is that of later work (Oliver et al.
 * 2018); Lee has none.
 *
 * <p>Deviations: {@code alpha} ramps up in steps since the start, not over a share of the training. Pseudo-labels are made
 * anew at each step and never kept.
 */
final class PseudoLabel {
    private PseudoLabel() {}

    static Method compose(GateSettings settings) {
        return Method.labeledBy(Predictor.STUDENT, new ConfidenceGate(settings.confidenceThreshold()))
                .learningFrom(new StudentViews(Rows.ACCEPTED, List.of(View.WEAK), Blend.APART));
    }
}
