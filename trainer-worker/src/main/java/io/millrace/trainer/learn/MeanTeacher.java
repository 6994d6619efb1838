package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;

/**
 * Mean Teacher (Tarvainen and Valpola 2017): {@code L = CE(labeled) + lambda mean_i MSE(student(strong_i),
 * teacher(weak_i))}, no gate. Lambda is 50 with the squared error averaged over classes, as in USB's and Google's
 * comparisons, times the weight of the settings.
 *
 * <p>Deviations: one view is weak and one strong, where the paper gives both the same noise; the teacher's decay is a
 * half-life; the ramp is linear and counts steps since the start.
 */
final class MeanTeacher {
    private static final float WEIGHT = 50;

    private MeanTeacher() {}

    static Method compose() {
        return Method.labeledBy(Predictor.TEACHER, SoftTargetGate.ALL)
                .comparedBy(new SquaredErrorTerm())
                .weighing(WEIGHT);
    }
}
