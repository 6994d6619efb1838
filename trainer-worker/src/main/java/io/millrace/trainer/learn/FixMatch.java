package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;

/**
 * FixMatch (Sohn et al. 2020, algorithm 1): {@code L = CE(labeled) + lambda * mean_i 1[max p_i >= threshold]
 * CE(student(strong_i), argmax p_i)}, threshold 0.95, lambda 1.
 *
 * <p>In the paper {@code p} comes from the student itself ({@code fixmatch-student}) and the average of its weights is
 * evaluated only; {@code fixmatch} asks that average, the teacher.
 *
 * <p>Deviations of both: pseudo-labels wait for a warm start and their weight ramps up; the learning rate stays constant.
 */
final class FixMatch {
    private FixMatch() {}

    static Method compose(GateSettings settings, Predictor predictor) {
        return Method.labeledBy(predictor, new ConfidenceGate(settings.confidenceThreshold()));
    }
}
