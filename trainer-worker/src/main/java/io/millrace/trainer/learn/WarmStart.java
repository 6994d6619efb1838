package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When pseudo-labels begin to count, once and for all: after so many steps, with so many labels of each class that has any,
 * and when the teacher is shown to be better than always naming the most common class; at the latest after a number of
 * steps, so that a class that hardly ever gets a label blocks nothing for ever. A class without any label blocks nothing,
 * and a learner that is told of no fresh label counts steps alone.
 */
final class WarmStart implements Stateful {
    private static final String OPENED = "opened";

    private final PseudoLabelSchedule schedule;
    private final GateRules rules;
    private final FreshLabels labels;
    /** First step at which pseudo-labels counted; 0 before. */
    private long opened;

    WarmStart(PseudoLabelSchedule schedule, GateRules rules, FreshLabels labels) {
        this.schedule = schedule;
        this.rules = rules;
        this.labels = labels;
    }

    /** What it goes by. */
    FreshLabels labels() {
        return labels;
    }

    /** Why pseudo-labels wait at a step; null from the first step on at which they do not. */
    @Nullable
    GateReason waitsFor(long step) {
        if (opened > 0) {
            return null;
        }
        GateReason reason = reason(step);
        if (reason == null) {
            opened = step;
        }
        return reason;
    }

    private @Nullable GateReason reason(long step) {
        if (!schedule.isActive(step)) {
            return GateReason.WARM_START;
        }
        if (rules.startLabels() == 0 || step > rules.startMostSteps() || labels.isEmpty()) {
            return null;
        }
        if (!labels.haveOfEachClass(rules.startLabels())) {
            return GateReason.FEW_LABELS;
        }
        return labels.accuracyBound() > labels.majority() ? null : GateReason.INACCURATE;
    }

    /** Weight of the unlabeled loss at a step: 0 while pseudo-labels wait, then the ramp. */
    float weightAt(long step) {
        return opened == 0 || step < opened ? 0 : schedule.weightAfter(step - opened + 1);
    }

    @Override
    public List<Tensor> state() {
        return List.of(Tensor.vector(OPENED, LearnerState.digits(opened)));
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        opened = LearnerState.number(named.take(OPENED, List.of(LearnerState.DIGITS)));
        named.expectNoneLeft();
    }

    /** Goes on from a checkpoint of a version that only counted steps. */
    void restoreFrom(long step) {
        opened = schedule.isActive(step) ? schedule.warmStartSteps() + 1L : 0;
    }
}
