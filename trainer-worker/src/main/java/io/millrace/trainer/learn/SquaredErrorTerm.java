package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/**
 * {@code sum_i weight_i 1/C sum_c (softmax(student_i)_c - target_ic)^2} over the unlabeled rows, in the place of their
 * cross-entropy: bounded, so a wrong target does less harm. No state.
 */
final class SquaredErrorTerm implements LossTerm {
    @Override
    public String name() {
        return "squared.error";
    }

    @Override
    public NDArray loss(StudentPass pass) {
        StudentRows seen = pass.seen();
        if (seen.rows() == seen.labeled()) {
            return pass.nothing();
        }
        float[] weights = seen.weights().clone();
        for (int row = 0; row < weights.length; row++) {
            weights[row] = row < seen.labeled() ? 0 : weights[row] / pass.classes();
        }
        NDArray target = pass.constant(seen.targets(), pass.classes());
        NDArray each = pass.logits().softmax(1).sub(target).square().sum(new int[] {1});
        return each.mul(pass.scope().create(weights, new Shape(weights.length))).sum();
    }
}
