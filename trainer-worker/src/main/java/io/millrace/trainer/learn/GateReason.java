package io.millrace.trainer.learn;

/** Why the gate let an unlabeled sample teach the student, or did not. */
public enum GateReason {
    /** The prediction is sure enough. */
    ACCEPTED,
    /** The prediction is not sure enough. */
    BELOW_THRESHOLD,
    /** Too early: the predictor has hardly seen labels yet. */
    WARM_START,
    /** After a collapse nobody predicts for a while. */
    HELD_BACK,
    /** The method learns from labels alone. */
    NOT_USED,
    /** Nothing is known of this sample from before. */
    NO_HISTORY,
    /** The frames of its source just before say something else. */
    NO_AGREEMENT,
    /** It looks like none of the classes. */
    UNKNOWN
}
