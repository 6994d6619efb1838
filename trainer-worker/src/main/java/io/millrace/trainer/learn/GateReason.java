package io.millrace.trainer.learn;

/** Why the gate let an unlabeled sample teach the student, or did not. */
public enum GateReason {
    /** The teacher is sure enough. */
    ACCEPTED,
    /** The teacher is not sure enough. */
    BELOW_THRESHOLD,
    /** Too early: the teacher has hardly seen labels yet. */
    WARM_START,
    /** The method learns from labels alone. */
    NOT_USED
}
