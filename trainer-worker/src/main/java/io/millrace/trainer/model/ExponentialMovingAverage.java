package io.millrace.trainer.model;

import ai.djl.ndarray.NDArray;

/**
 * {@code teacher <- d teacher + (1 - d) student} with {@code d = min((1 + t) / (10 + t), m)} and {@code m = 0.5^(1 /
 * halfLife)}: the average of Tarvainen and Valpola 2017, section 3, with the warm-up of TensorFlow's
 * {@code ExponentialMovingAverage(num_updates)}, which looks back over a tenth of the steps so far. A plain mean, the
 * warm-up of the paper's code, would carry a student's first weights to the end of a short stream.
 *
 * @param halfLifeSteps after so many steps half of a weight's past is forgotten
 */
public record ExponentialMovingAverage(double halfLifeSteps) {
    public ExponentialMovingAverage {
        if (!(halfLifeSteps > 0 && halfLifeSteps < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("expected a positive half-life, got " + halfLifeSteps);
        }
    }

    /** Decay at a step, counted from 1. */
    public double decayAt(long step) {
        return Math.min((1.0 + step) / (10 + step), Math.pow(0.5, 1 / halfLifeSteps));
    }

    /**
     * Moves the teacher.
     *
     * @param teacher {@code [size]}, changed in place
     * @param student {@code [size]}
     */
    public void update(NDArray teacher, NDArray student, long step) {
        float decay = (float) decayAt(step);
        try (NDArray share = student.mul(1 - decay)) {
            teacher.muli(decay).addi(share);
        }
    }
}
