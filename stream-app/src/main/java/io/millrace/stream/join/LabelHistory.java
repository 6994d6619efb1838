package io.millrace.stream.join;

import io.millrace.record.IndexedFrame;
import io.millrace.record.LabelAction;
import io.millrace.record.LabelEvent;
import io.millrace.record.LabeledFrame;
import io.millrace.schemas.Reason;
import io.millrace.stream.flow.Flow;
import io.millrace.stream.flow.Flow.Passed;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.jspecify.annotations.Nullable;

/**
 * The label of each frame, revision by revision. It is remembered from the arrival of the frame, so a frame and its
 * label are forgotten together.
 *
 * <pre>
 *   label now \ event   ASSIGN c             CORRECT c            RETRACT
 *   none                ASSIGN c             ASSIGN c             NOTHING_TO_RETRACT
 *   c                   DUPLICATE_LABEL      DUPLICATE_LABEL      RETRACT c
 *   another, d          CONFLICTING_LABEL    CORRECT c            RETRACT d
 * </pre>
 *
 * A correction of a label that is not there says all that a first label says, so it is one. The revision counts on
 * through retractions.
 */
final class LabelHistory {
    static final String STORE = "frame-labels";

    private final Remembered<LabeledFrame> history;
    private final List<String> classes;

    LabelHistory(ProcessorContext<?, ?> context, List<String> classes) {
        this.history = new Remembered<>(context, STORE);
        this.classes = classes;
    }

    /** The newest revision of the frame's label. */
    static Optional<LabeledFrame> newest(Remembered<LabeledFrame> history, String frameId) {
        return history.first(frameId).map(Remembered.Entry::value);
    }

    /** Applies a label to its frame. */
    Flow<LabeledFrame> apply(Remembered.Entry<IndexedFrame> frame, Passed<LabelEvent> label) {
        String frameId = frame.value().getFrameId();
        Flow<LabeledFrame> next = revise(frame.value(), newest(history, frameId).orElse(null), label, classes);
        if (next instanceof Passed<LabeledFrame> passed) {
            history.put(frameId, passed.value(), frame.sinceMs());
        }
        return next;
    }

    /** What becomes of a label, given the newest revision of its frame. */
    static Flow<LabeledFrame> revise(
            IndexedFrame frame, @Nullable LabeledFrame newest, Passed<LabelEvent> label, List<String> classes) {
        LabelEvent event = label.value();
        String of = "frame " + frame.getFrameId();
        LabeledFrame current = newest == null || newest.getAction() == LabelAction.RETRACT ? null : newest;
        int revision = newest == null ? 0 : newest.getRevision() + 1;
        // Annotators' clocks differ; whoever orders by event time must still see revisions in their order.
        Instant labeledAt = newest != null && newest.getLabeledAt().isAfter(event.getLabeledAt())
                ? newest.getLabeledAt()
                : event.getLabeledAt();
        if (event.getAction() == LabelAction.RETRACT) {
            return current == null
                    ? label.refused(Reason.NOTHING_TO_RETRACT, of + " has no label")
                    : passed(
                            frame,
                            label,
                            new Revision(
                                    LabelAction.RETRACT,
                                    current.getClassIndex(),
                                    current.getLabel(),
                                    revision,
                                    labeledAt));
        }
        int wanted = classes.indexOf(event.getLabel());
        if (current == null) {
            return passed(
                    frame, label, new Revision(LabelAction.ASSIGN, wanted, classes.get(wanted), revision, labeledAt));
        }
        if (current.getClassIndex() == wanted) {
            return label.refused(Reason.DUPLICATE_LABEL, of + " is labeled " + event.getLabel());
        }
        return event.getAction() == LabelAction.CORRECT
                ? passed(
                        frame,
                        label,
                        new Revision(LabelAction.CORRECT, wanted, classes.get(wanted), revision, labeledAt))
                : label.refused(
                        Reason.CONFLICTING_LABEL,
                        of + " is labeled " + current.getLabel() + ", got ASSIGN of " + event.getLabel());
    }

    private static Flow<LabeledFrame> passed(IndexedFrame frame, Passed<LabelEvent> label, Revision revision) {
        return new Passed<>(
                label.origin(),
                new LabeledFrame(
                        frame.getFrameId(),
                        frame.getSourceId(),
                        revision.action(),
                        revision.classIndex(),
                        revision.name(),
                        revision.number(),
                        label.value().getAnnotator(),
                        revision.labeledAt(),
                        frame.getCapturedAt(),
                        frame.getFrame()));
    }

    private record Revision(LabelAction action, int classIndex, String name, int number, Instant labeledAt) {}
}
