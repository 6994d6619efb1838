package io.millrace.trainer;

import io.millrace.record.Disposition;
import io.millrace.record.LabelAction;
import io.millrace.record.LabeledFrame;
import io.millrace.trainer.batch.HoldoutRule;
import io.millrace.trainer.batch.LabeledBuffer;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.ingest.FrameReader;
import java.util.List;
import java.util.Optional;

/**
 * Applies labels to what the trainer keeps in mind: a new one brings its frame in, a correction changes its class, a
 * retraction takes it out. Holdout or training is decided by the frame's id before anything else.
 */
final class LabelDesk {
    private final FrameReader reader;
    private final HoldoutRule holdoutRule;
    private final Memory memory;

    LabelDesk(FrameReader reader, HoldoutRule holdoutRule, Memory memory) {
        this.reader = reader;
        this.holdoutRule = holdoutRule;
        this.memory = memory;
    }

    /**
     * Applies one label.
     *
     * @param fresh receives the sample when it is new to training, so that it can be scored before it is trained
     * @return how the label ended
     */
    Disposition apply(LabeledFrame label, List<Sample> fresh) {
        boolean heldOut = holdoutRule.holdsOut(label.getFrameId());
        LabeledBuffer buffer = heldOut ? memory.holdout() : memory.labeled();
        Disposition applied = heldOut ? Disposition.HOLDOUT : Disposition.TRAINED;
        if (label.getAction() == LabelAction.RETRACT) {
            buffer.remove(label.getFrameId());
            return applied;
        }
        if (buffer.contains(label.getFrameId())) {
            buffer.relabel(label.getFrameId(), label.getClassIndex());
            return applied;
        }
        Optional<Optional<Sample>> found = reader.readBack(label.getFrame());
        if (found.isEmpty()) {
            return Disposition.EXPIRED;
        }
        if (found.get().isEmpty()) {
            return Disposition.QUARANTINED;
        }
        Sample sample = found.get().get().labeled(label.getClassIndex());
        buffer.put(sample);
        if (!heldOut && label.getRevision() == 0) {
            fresh.add(sample); // a later revision may have been trained before
        }
        return applied;
    }
}
