package io.millrace.trainer.learn;

/** What the aligned probabilities of an {@link Alignment} decide. */
public enum AlignmentUse {
    /** Nothing: there is no alignment. */
    NONE,
    /** How much a sample counts, not as what: a wrong target then changes no pseudo-label. */
    WEIGHT,
    /** As what it counts, too. */
    TARGET
}
