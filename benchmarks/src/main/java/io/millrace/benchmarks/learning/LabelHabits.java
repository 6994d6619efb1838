package io.millrace.benchmarks.learning;

/**
 * Which frames are labeled, and when.
 *
 * @param atStart labels of each class when the stream, or the class, begins
 * @param share of the other frames that are labeled, 0..1
 * @param delay from a frame to its label, in frames
 * @param wrong share of labels that name another class, for ever, 0..1
 */
record LabelHabits(int atStart, double share, long delay, double wrong) {
    /** Ten of each class, then one frame in a hundred, 1,000 frames late; all of them right. */
    static final LabelHabits USUAL = new LabelHabits(10, 0.01, 1_000, 0);

    LabelHabits {
        if (!(share >= 0 && share <= 1 && wrong >= 0 && wrong <= 1)) {
            throw new IllegalArgumentException("expected shares in 0..1, got " + share + " and " + wrong);
        }
        if (!(atStart >= 0 && delay >= 1)) {
            throw new IllegalArgumentException("expected no negative number of labels and a delay of at least one"
                    + " frame, got " + atStart + " and " + delay);
        }
    }
}
