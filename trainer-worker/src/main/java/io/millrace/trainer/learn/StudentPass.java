package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.model.Network;

/**
 * The student's pass over a batch, as loss terms see it. Its arrays belong to the step and are part of the gradient
 * graph, {@link #constant} ones aside.
 *
 * @param batch the samples
 * @param decision what the gate made of the unlabeled ones
 * @param seen the rows, see {@link StudentRows}
 * @param outputs logits {@code [rows, classes]}, then {@code [rows, outputs]} of each further head
 * @param unlabeledWeight weight of what unlabeled samples add, at this step
 * @param scope owns what terms make
 */
record StudentPass(
        TrainingBatch batch,
        GateDecision decision,
        StudentRows seen,
        NDList outputs,
        float unlabeledWeight,
        NDManager scope) {

    NDArray logits() {
        return outputs.get(0);
    }

    /** Outputs {@code [rows, outputs]} of a further head, counted from 0. */
    NDArray head(int index) {
        return outputs.get(index + 1);
    }

    int rows() {
        return seen.rows();
    }

    int classes() {
        return Math.toIntExact(logits().getShape().get(1));
    }

    /** Probabilities in Java, {@code [rows][classes]}, without gradient. */
    float[][] probabilities() {
        return Probabilities.softmax(Network.rows(logits()));
    }

    /** A constant {@code [rows, width]}. A null row is one of zeros. */
    NDArray constant(float[][] rows, int width) {
        float[] flat = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i] != null) {
                System.arraycopy(rows[i], 0, flat, i * width, width);
            }
        }
        return scope.create(flat, new Shape(rows.length, width));
    }

    /** {@code -sum weight_i target_i log softmax(outputs_i)}; rows of weight 0 may have no target. */
    NDArray crossEntropy(NDArray ofHead, float[][] targets, float[] weights) {
        int width = Math.toIntExact(ofHead.getShape().get(1));
        float[][] weighted = new float[targets.length][];
        for (int i = 0; i < targets.length; i++) {
            if (weights[i] != 0) {
                weighted[i] = Probabilities.scaled(targets[i], -weights[i]);
            }
        }
        return ofHead.logSoftmax(1).mul(constant(weighted, width)).sum();
    }

    /** 0, for a term that has nothing to add to this step. */
    NDArray nothing() {
        return scope.create(0f);
    }
}
