package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;

/** Something that is added to the student's loss beside the cross-entropy. */
interface LossTerm extends Stateful {

    /** Short and unique within a method: part of the names of its state. */
    String name();

    /**
     * What it adds. It may take note of the pass; a step that is refused afterwards undoes that.
     *
     * @return a scalar with its weight applied; runs with gradients on
     */
    NDArray loss(StudentPass pass);
}
