package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;

/**
 * Co-training (Blum and Mitchell 1998) with two students of different first weights and different views,
 * each of which labels for the other: FixMatch's loss for both, {@code argmax p} and threshold from the peer. The teacher,
 * which is served, follows the first. A step costs twice as much.
 *
 * <p>Deviations: Blum and Mitchell split the features into two sets and keep pseudo-labels for ever; here the students differ
 * by chance alone (as in Deep Co-Training, Qiao et al. 2018, without its adversarial term), and pseudo-labels are made anew
 * at each step.
 */
final class CoTraining {
    private CoTraining() {}

    static Method compose(GateSettings settings) {
        return Method.labeledBy(Predictor.PEER, new ConfidenceGate(settings.confidenceThreshold()));
    }
}
