package io.millrace.stream.validate;

import io.millrace.record.LabelAction;
import io.millrace.record.LabelEvent;
import io.millrace.schemas.Reason;
import io.millrace.stream.flow.Check;
import io.millrace.stream.flow.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Whether a label is one: fields in range, the key is its frame, an action of ours with a class of this pipeline. */
public final class LabelValidator implements Check<LabelEvent> {
    private final Set<String> classes;
    private final long maxFutureMs;

    /**
     * @param classes class names of the pipeline
     * @param maxFuture labels given further in the future are refused
     */
    public LabelValidator(List<String> classes, Duration maxFuture) {
        this.classes = Set.copyOf(classes);
        this.maxFutureMs = maxFuture.toMillis();
    }

    @Override
    public Verdict check(String key, LabelEvent label, long nowMs) {
        if (badText(label.getFrameId()) || badText(label.getAnnotator())) {
            return Verdict.rejected(
                    Reason.BAD_FIELD,
                    "expected frameId and annotator of 1 to " + FrameValidator.MAX_ID + " characters, got "
                            + label.getFrameId().length() + " and "
                            + label.getAnnotator().length());
        }
        if (!key.equals(label.getFrameId())) {
            return Verdict.rejected(
                    Reason.KEY_MISMATCH, "expected the frame id " + label.getFrameId() + " as key, got " + key);
        }
        long labeled = label.getLabeledAt().toEpochMilli();
        if (!(labeled >= 0 && labeled <= nowMs + maxFutureMs)) {
            return Verdict.rejected(
                    Reason.BAD_TIME,
                    "expected labeledAt from 0 to " + maxFutureMs + " ms after " + nowMs + ", got " + labeled);
        }
        return classOf(label);
    }

    private Verdict classOf(LabelEvent label) {
        if (label.getAction() == LabelAction.UNKNOWN) {
            return Verdict.rejected(Reason.UNKNOWN_ACTION, "expected ASSIGN, CORRECT or RETRACT, got another action");
        }
        if (label.getAction() == LabelAction.RETRACT) {
            return Verdict.valid();
        }
        if (label.getLabel() == null) {
            return Verdict.rejected(Reason.UNKNOWN_ACTION, "expected " + label.getAction() + " with a class, got none");
        }
        return classes.contains(label.getLabel())
                ? Verdict.valid()
                : Verdict.rejected(Reason.UNKNOWN_CLASS, "expected one of " + classes + ", got " + label.getLabel());
    }

    private static boolean badText(String text) {
        return text.isEmpty() || text.length() > FrameValidator.MAX_ID;
    }
}
