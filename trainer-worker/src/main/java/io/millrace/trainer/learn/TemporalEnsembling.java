package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;

/**
 * Temporal ensembling (Laine and Aila 2017, section 2.2): {@code L = CE(labeled) + lambda mean_i MSE(student(strong_i),
 * ensemble_i)}, see {@link SlotEnsembleGate}. Lambda is 30 with the squared error averaged over classes, as the authors'
 * code has it, times the weight of the settings.
 *
 * <p>Deviations, beside the gate's: the student answers for the ensemble on the weak view and learns on a strong one, where
 * the paper uses one pass for both; the ramp is linear and counts steps since the start.
 */
final class TemporalEnsembling {
    private static final float WEIGHT = 30;

    private TemporalEnsembling() {}

    static Method compose(int slots, int classes) {
        return Method.labeledBy(Predictor.STUDENT, new SlotEnsembleGate(slots, classes))
                .comparedBy(new SquaredErrorTerm())
                .weighing(WEIGHT);
    }
}
