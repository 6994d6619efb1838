package io.millrace.trainer.learn;

import io.millrace.trainer.model.Tensor;
import java.util.List;

/** Decides which of the teacher's predictions the student may learn from. Its state is scalars and class vectors. */
public sealed interface Gate permits ConfidenceGate, AlignedGate {

    /**
     * Decides, and takes note of what it saw.
     *
     * @param unlabeled teacher's probabilities on the weak views of the unlabeled samples, {@code [N][classes]}
     * @param labeled the same of the labeled samples; empty when the method does not ask for them
     */
    GateDecision decide(float[][] unlabeled, float[][] labeled);

    /** Everything that later decisions depend on. */
    List<Tensor> state();

    /** Puts a state back. @throws IllegalArgumentException when it does not fit */
    void restore(List<Tensor> state);
}
