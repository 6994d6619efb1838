package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.model.Network;

/** A last change to the student's rows that needs to know the student. */
interface Perturbation {
    /** Leaves the rows as they are. */
    Perturbation NONE = (seen, network, weights, batch) -> seen;

    /**
     * Changes rows.
     *
     * @param seen what the student would see
     * @param weights {@code [size]} of the student, not changed
     * @param batch what the rows are views of
     * @return labeled rows first, then unlabeled ones
     */
    StudentRows perturb(StudentRows seen, Network network, NDArray weights, TrainingBatch batch);
}
