package io.millrace.trainer.learn;

import io.millrace.trainer.batch.TrainingBatch;
import org.jspecify.annotations.Nullable;

/**
 * A rule that keeps samples out whatever a method's gate makes of them. At each step it is told of the batch; once
 * pseudo-labels count it is then asked, and told what all gates and rules together left.
 */
interface Refusal extends Stateful {
    /** First part of the names of its tensors. */
    String name();

    /** A batch came. */
    default void arrived(TrainingBatch batch) {}

    /**
     * Decides.
     *
     * @param decision of the gate and of the rules before this one
     * @return for each unlabeled sample why it is kept out, null where this rule does not
     */
    @Nullable
    GateReason[] refuse(Predictions seen, GateDecision decision);

    /** Takes note of what is accepted in the end. */
    default void accepted(Predictions seen, GateDecision decision) {}
}
