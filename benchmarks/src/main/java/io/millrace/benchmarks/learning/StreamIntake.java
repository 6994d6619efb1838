package io.millrace.benchmarks.learning;

import io.millrace.benchmarks.learning.Arm.Learns;
import io.millrace.benchmarks.learning.LearningStream.Label;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.batch.BatchAssembler;
import io.millrace.trainer.batch.HoldoutRule;
import io.millrace.trainer.batch.LabeledBuffer;
import io.millrace.trainer.batch.LabeledBuffer.Eviction;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.batch.UnlabeledBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the training loop does between the topics and a step: labels first, then fresh frames, what is held out left out;
 * then a batch of replayed labels, fresh and replayed frames.
 */
public final class StreamIntake {
    private final LearningStream stream;
    private final Learns learner;
    private final HoldoutRule holdoutRule;
    private final LabeledBuffer labeled;
    private final UnlabeledBuffer unlabeled;
    private final BatchAssembler assembler;
    private final Map<String, Integer> truths = new HashMap<>();
    private long seen;
    private long labels;

    /**
     * What came with one turn.
     *
     * @param labeled samples whose label is new and not held out
     * @param fresh frames that are not held out, without labels
     */
    public record Turn(List<Sample> labeled, List<Sample> fresh) {
        public Turn {
            labeled = List.copyOf(labeled);
            fresh = List.copyOf(fresh);
        }
    }

    /** @param learner whose labels count; the oracle's buffer holds them all */
    public StreamIntake(LearningStream stream, Learns learner, TrainerSettings settings) {
        this.stream = stream;
        this.learner = learner;
        this.holdoutRule = new HoldoutRule(settings.holdoutShare());
        int capacity = learner == Learns.FROM_EVERY_LABEL
                ? Math.toIntExact(Math.max(stream.length(), settings.labeledCapacity()))
                : settings.labeledCapacity();
        this.labeled = new LabeledBuffer(capacity, Eviction.OLDEST_OF_LARGEST_CLASS);
        this.unlabeled = new UnlabeledBuffer(settings.unlabeledCapacity());
        this.assembler = new BatchAssembler(
                settings.learn().seed(),
                settings.learn().batchLabeled(),
                settings.learn().batchUnlabeled());
    }

    /** Frames taken so far. */
    public long seen() {
        return seen;
    }

    /** Labels that came for frames in training so far; to be learned from or, without updates, only to be compared. */
    public long labels() {
        return labels;
    }

    /** Takes the next frames, fewer when the stream ends, and the labels due with them. */
    public Turn take(int frames) {
        List<Sample> labelsNow = new ArrayList<>();
        List<Sample> fresh = new ArrayList<>();
        long end = Math.min(seen + frames, stream.length());
        for (; seen < end; seen++) {
            for (Label label : labelsAt(seen)) {
                take(label).ifPresent(labelsNow::add);
            }
            Sample sample = stream.frame(seen);
            if (!holdoutRule.holdsOut(sample.frameId())) {
                fresh.add(sample);
                truths.put(sample.frameId(), stream.truth(seen));
            }
        }
        return new Turn(labelsNow, fresh);
    }

    /** The batch of a step; nothing while there is no label. @param fresh frames that were not in a batch yet */
    public Optional<TrainingBatch> batch(long step, List<Sample> fresh) {
        return assembler.assemble(step, labeled, unlabeled, fresh);
    }

    /** Keeps frames for replay. */
    public void keep(List<Sample> fresh) {
        unlabeled.addAll(fresh);
    }

    /** Labels that are replayed. */
    LabeledBuffer labeled() {
        return labeled;
    }

    /** Frames that are replayed. */
    UnlabeledBuffer unlabeled() {
        return unlabeled;
    }

    /** The true class of a frame that was taken, for whoever counts; {@link Sample#UNLABELED} when it is of none. */
    public int truth(String frameId) {
        return truths.getOrDefault(frameId, Sample.UNLABELED);
    }

    private List<Label> labelsAt(long sequence) {
        if (learner != Learns.FROM_EVERY_LABEL) {
            return stream.labelsAt(sequence);
        }
        int truth = stream.truth(sequence);
        return truth == Sample.UNLABELED ? List.of() : List.of(new Label(sequence, truth));
    }

    private Optional<Sample> take(Label label) {
        Sample sample = stream.frame(label.sequence());
        if (holdoutRule.holdsOut(sample.frameId())) {
            return Optional.empty();
        }
        if (labeled.contains(sample.frameId())) {
            labeled.relabel(sample.frameId(), label.classIndex()); // a correction
            return Optional.empty();
        }
        labels++;
        Sample told = sample.labeled(label.classIndex());
        if (learner != Learns.FROM_START || seen == 0) {
            labeled.put(told);
        }
        return Optional.of(told);
    }
}
