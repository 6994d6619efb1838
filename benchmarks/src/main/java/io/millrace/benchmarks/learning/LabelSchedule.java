package io.millrace.benchmarks.learning;

import io.millrace.benchmarks.learning.LearningStream.Label;
import io.millrace.quickstart.data.Chance;
import io.millrace.quickstart.data.Chance.Question;
import io.millrace.trainer.batch.Sample;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The labels of a stream, as its {@link LabelHabits} have them. The first frames of each class in the stream are labeled
 * when the class begins, most of them before they are streamed; frames without a label to give are passed over.
 */
final class LabelSchedule {
    private final LabelHabits habits;
    private final long seed;
    private final int[] truths;
    private final int classes;
    private final TreeMap<Long, List<Long>> atStart = new TreeMap<>();
    private final Set<Long> labeledAtStart = new HashSet<>();

    /**
     * @param truths class of each frame that can be labeled, {@link Sample#UNLABELED} of each that cannot
     * @param begins with which frame each class begins
     */
    LabelSchedule(LabelHabits habits, long seed, int[] truths, List<Long> begins) {
        this.habits = habits;
        this.seed = seed;
        this.truths = truths.clone();
        this.classes = begins.size();
        int[] found = new int[classes];
        for (int i = 0; i < truths.length; i++) {
            int truth = truths[i];
            if (truth != Sample.UNLABELED && found[truth] < habits.atStart()) {
                found[truth]++;
                labeledAtStart.add((long) i);
                atStart.computeIfAbsent(begins.get(truth), begin -> new ArrayList<>())
                        .add((long) i);
            }
        }
    }

    /** Labels that arrive just before a frame. */
    List<Label> dueAt(long sequence) {
        List<Label> due = new ArrayList<>();
        framesLabeledAt(sequence).forEach(frame -> due.add(label(frame)));
        if (habits.correction() > 0) {
            framesLabeledAt(sequence - habits.correction()).stream()
                    .filter(this::isWrong)
                    .forEach(frame -> due.add(new Label(frame, truths[frame.intValue()])));
        }
        return due;
    }

    private List<Long> framesLabeledAt(long sequence) {
        List<Long> frames = new ArrayList<>(atStart.getOrDefault(sequence, List.of()));
        long late = sequence - habits.delay();
        if (late >= 0
                && truths[(int) late] != Sample.UNLABELED
                && !labeledAtStart.contains(late)
                && Chance.of(seed, Question.LABELED, late) < habits.share()) {
            frames.add(late);
        }
        return frames;
    }

    private boolean isWrong(long frame) {
        return Chance.of(seed, Question.WRONG, frame) < habits.wrong();
    }

    private Label label(long frame) {
        int truth = truths[(int) frame];
        if (!isWrong(frame)) {
            return new Label(frame, truth);
        }
        int beside = (int) (Chance.of(seed, Question.WHICH_WRONG, frame) * (classes - 1));
        return new Label(frame, (truth + 1 + beside) % classes);
    }
}
