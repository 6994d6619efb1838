package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;

/**
 * Unsupervised data augmentation (Xie et al. 2020): {@code L = CE(labeled) + lambda mean_i 1[max p_i >= 0.8] CE(sharp p_i,
 * student(strong_i))}, {@code sharp p = p^(1/0.4)} normalised, {@code p} the student's own on the weak view; the paper's
 * divergence differs from this cross-entropy by a constant. Threshold and temperature are those of the authors' script for
 * CIFAR-10.
 *
 * <p>Deviations: no annealing of the labeled signal, which needs to know the end of the training; warm start and ramp as in
 * {@link FixMatch}.
 */
final class Uda {
    private static final float THRESHOLD = 0.8f;
    private static final float TEMPERATURE = 0.4f;

    private Uda() {}

    static Method compose() {
        return Method.labeledBy(Predictor.STUDENT, new SoftTargetGate(THRESHOLD, TEMPERATURE));
    }
}
