package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;

/**
 * Pi-model (Laine and Aila 2017, section 2.1): {@code L = CE(labeled) + lambda mean_i MSE(student(strong_i),
 * student(weak_i))}, no gate, no gradient through the weak view. Lambda is 10 with the squared error averaged over
 * classes, as in USB's and Google's comparisons, times the weight of the settings.
 *
 * <p>Deviations: one view is weak and one strong, where the paper draws both alike; the ramp is linear and counts steps
 * since the start.
 */
final class PiModel {
    private static final float WEIGHT = 10;

    private PiModel() {}

    static Method compose() {
        return Method.labeledBy(Predictor.STUDENT, SoftTargetGate.ALL)
                .comparedBy(new SquaredErrorTerm())
                .weighing(WEIGHT);
    }
}
