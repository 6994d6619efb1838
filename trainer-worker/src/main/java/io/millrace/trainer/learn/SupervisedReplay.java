package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;

/** Learns from the labeled samples alone, with the same views and the same teacher average: the baseline. */
final class SupervisedReplay {
    private SupervisedReplay() {}

    static Method compose() {
        return Method.labeledBy(Predictor.NOBODY, new ConfidenceGate(1));
    }
}
