package io.millrace.quickstart.feed;

import io.millrace.quickstart.data.Chance;
import io.millrace.quickstart.data.Chance.Question;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.record.LabelAction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Which labels are posted, and when: a pure function of the stream and the {@link Habits}. Time is counted in frames.
 *
 * <pre>
 *   frame 0        the first ten frames of each class are labeled, before most of them were seen
 *   frame i        is labeled when frame i + 1,000 is seen, with probability 1 %
 *   a wrong label  is corrected when 500 more frames were seen
 * </pre>
 */
public final class LabelPlan {
    private final FrameStream stream;
    private final Habits habits;
    private final int classes;
    private final NavigableSet<Long> initial;

    /** @param classes number of classes */
    public LabelPlan(FrameStream stream, Habits habits, int classes) {
        this.stream = stream;
        this.habits = habits;
        this.classes = classes;
        this.initial = Collections.unmodifiableNavigableSet(firstOfEachClass());
    }

    /**
     * How labels are given.
     *
     * @param probability that a frame is labeled late, 0..1
     * @param delay of late labels, in frames
     * @param errors share of labels that are wrong at first, 0..1
     * @param correctionDelay from a wrong label to its correction, in frames
     * @param initialPerClass labels of each class at the start
     */
    public record Habits(double probability, long delay, double errors, long correctionDelay, int initialPerClass) {
        public Habits {
            if (!(probability >= 0 && probability <= 1 && errors >= 0 && errors <= 1)) {
                throw new IllegalArgumentException(
                        "expected shares of labels and errors in 0..1, got " + probability + " and " + errors);
            }
            if (!(delay >= 1 && correctionDelay >= 1 && initialPerClass >= 0)) {
                throw new IllegalArgumentException(
                        "expected delays of at least one frame, got " + delay + " and " + correctionDelay);
            }
        }

        /** The same without late labels. */
        Habits ofTheStart() {
            return new Habits(0, delay, errors, correctionDelay, initialPerClass);
        }

        /** 1 % of the frames, 1,000 frames late, 5 % wrong and corrected after 500 frames; ten a class at the start. */
        public static Habits usual() {
            return new Habits(0.01, 1_000, 0.05, 500, 10);
        }
    }

    /**
     * One label to be posted.
     *
     * @param sequence frame it speaks of
     * @param classIndex class it names, from 0
     */
    public record Due(long sequence, LabelAction action, int classIndex) {}

    /** Labels that are posted when a frame is seen, in the order of the frames they speak of. */
    public List<Due> dueAt(long sequence) {
        List<Due> due = new ArrayList<>();
        if (sequence == 0) {
            initial.forEach(frame -> due.add(assign(frame)));
        }
        if (sequence == habits.correctionDelay()) {
            initial.stream().filter(this::isWrong).forEach(frame -> due.add(correct(frame)));
        }
        long corrected = sequence - habits.delay() - habits.correctionDelay();
        if (isLate(corrected) && isWrong(corrected)) {
            due.add(correct(corrected));
        }
        if (isLate(sequence - habits.delay())) {
            due.add(assign(sequence - habits.delay()));
        }
        return due;
    }

    /** True when the frame is labeled at the start. */
    boolean isOfTheStart(long frame) {
        return initial.contains(frame);
    }

    /** The true label of a frame. */
    Due truth(long frame) {
        return new Due(frame, LabelAction.ASSIGN, stream.label(frame));
    }

    /** How many of the labels of the start speak of the first so many frames. */
    public int initialAmong(long frames) {
        return initial.headSet(frames).size();
    }

    private boolean isLate(long frame) {
        return frame >= 0
                && !initial.contains(frame)
                && Chance.of(stream.plan().seed(), Question.LABELED, frame) < habits.probability();
    }

    private boolean isWrong(long frame) {
        return Chance.of(stream.plan().seed(), Question.WRONG, frame) < habits.errors();
    }

    private Due assign(long frame) {
        int truth = stream.label(frame);
        if (!isWrong(frame)) {
            return new Due(frame, LabelAction.ASSIGN, truth);
        }
        int beside = (int) (Chance.of(stream.plan().seed(), Question.WHICH_WRONG, frame) * (classes - 1));
        return new Due(frame, LabelAction.ASSIGN, (truth + 1 + beside) % classes);
    }

    private Due correct(long frame) {
        return new Due(frame, LabelAction.CORRECT, stream.label(frame));
    }

    private NavigableSet<Long> firstOfEachClass() {
        NavigableSet<Long> first = new TreeSet<>();
        int[] found = new int[classes];
        int wanted = classes * habits.initialPerClass();
        for (long i = 0; i < stream.plan().limit() && first.size() < wanted; i++) {
            int label = stream.label(i);
            if (label < classes && found[label] < habits.initialPerClass()) {
                found[label]++;
                first.add(i);
            }
        }
        return first;
    }
}
