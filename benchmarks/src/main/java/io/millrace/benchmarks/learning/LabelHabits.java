package io.millrace.benchmarks.learning;

/**
 * Which frames are labeled, and when.
 *
 * @param atStart labels of each class when the stream, or the class, begins
 * @param share of the other frames that are labeled, 0..1
 * @param delay from a frame to its label, in frames
 * @param wrong share of labels that name another class at first, 0..1
 * @param correction from a wrong label to its correction, in frames; 0: never
 */
public record LabelHabits(int atStart, double share, long delay, double wrong, long correction) {
    /** Ten of each class, then one frame in a hundred, 1,000 frames late; all of them right. */
    static final LabelHabits USUAL = new LabelHabits(10, 0.01, 1_000, 0, 0);

    public LabelHabits {
        if (!(share >= 0 && share <= 1 && wrong >= 0 && wrong <= 1)) {
            throw new IllegalArgumentException("expected shares in 0..1, got " + share + " and " + wrong);
        }
        if (!(atStart >= 0 && delay >= 1 && correction >= 0)) {
            throw new IllegalArgumentException("expected no negative numbers and a delay of at least one frame, got "
                    + atStart + ", " + delay + " and " + correction);
        }
    }
}
