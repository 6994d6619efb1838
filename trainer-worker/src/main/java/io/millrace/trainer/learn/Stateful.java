package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.List;

/** A part of a method. What its later answers depend on goes into the checkpoint; by default that is nothing. */
interface Stateful {

    /** A copy of everything that later answers depend on. */
    default List<Tensor> state() {
        return List.of();
    }

    /** Puts a state back. @throws IllegalArgumentException when it does not fit */
    default void restore(List<Tensor> state) {
        new NamedTensors(state).expectNoneLeft();
    }
}
