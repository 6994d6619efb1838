package io.millrace.trainer.learn;

/** What an alignment pulls towards. */
public enum AlignmentPrior {
    /** Equal classes; AdaMatch: what it predicts on labeled samples, which are replayed class by class. */
    UNIFORM,
    /** Shares of the classes among fresh labels; equal classes while those are too few. */
    LABELS
}
