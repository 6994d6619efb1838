package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;
import io.millrace.trainer.model.Head;

/**
 * ABC, the auxiliary balanced classifier (Lee et al. 2021), on FixMatch with a teacher: a second classifier on the same
 * features learns from pseudo-labels of which common classes are dropped at random until all classes count alike, see
 * {@link BalancingGate} and {@link BalancedTerm}. It is the one that is published and scored; the first shapes the
 * features.
 *
 * <p>Deviations, beside those of gate and term: the predictions are those of the EMA teacher; warm start and ramp as in
 * {@link FixMatch}.
 */
final class BalancedClassifier {
    private BalancedClassifier() {}

    static Method compose(LearnSettings settings, int classes) {
        BalancingGate gate = new BalancingGate(settings, classes);
        return Method.labeledBy(Predictor.TEACHER, gate)
                .learningFrom(StudentViews.ACCEPTED_STRONG_UNBLENDED)
                .plus(new BalancedTerm(gate))
                .withHeads(new Head("balanced", classes, Head.Kind.SERVED));
    }
}
