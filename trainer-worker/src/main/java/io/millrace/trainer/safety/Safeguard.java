package io.millrace.trainer.safety;

import io.millrace.trainer.batch.LabeledBuffer;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.batch.UnlabeledBuffer;
import io.millrace.trainer.learn.LearnSettings;
import io.millrace.trainer.learn.Learner;
import io.millrace.trainer.learn.NonFiniteStepException;
import io.millrace.trainer.learn.Restraint;
import io.millrace.trainer.learn.StepResult;
import java.util.List;
import java.util.function.ObjLongConsumer;

/**
 * Shows a {@link Watchdog} what a learner does, and does what it decides: sets the learner back, forgets frames from before
 * a drift, favours labels from after it.
 *
 * <p>Not thread-safe.
 */
public final class Safeguard {
    /** Teacher and student are asked about every second lot of fresh frames: half of the cost, all of the signal. */
    private static final int COMPARED_EVERY = 2;

    /** While so few labels came since a drift was told, another sign is of the same one and takes none of them back. */
    private static final int LABELS_OF_ONE_DRIFT = 20;

    private static final String FAVOURED = "favouredLabels";
    private static final String LOTS = "freshLots";

    private final boolean compares;
    private final Learner learner;
    private final LabeledBuffer labeled;
    private final UnlabeledBuffer unlabeled;
    private final ObjLongConsumer<SafetyDecision> told;
    private final Watchdog watchdog;
    private long lots;

    /**
     * @param learner as it starts: what a collapse goes back to until it is promoted
     * @param labeled what the learner replays with labels
     * @param unlabeled what it replays without
     * @param told is given each decision, and the step, after it is done
     */
    public Safeguard(
            SafetySettings settings,
            LearnSettings learn,
            Learner learner,
            LabeledBuffer labeled,
            UnlabeledBuffer unlabeled,
            ObjLongConsumer<SafetyDecision> told) {
        this.compares =
                settings.drift().disagreementDelta() > 0 || settings.drift().uncertaintyDelta() > 0;
        this.learner = learner;
        this.labeled = labeled;
        this.unlabeled = unlabeled;
        this.told = told;
        this.watchdog = new Watchdog(settings, learn, learner.state(), learner.classes());
    }

    /** A frame's label before it is learned, and what the teacher answered. */
    public void scored(long step, int label, float[] logits) {
        watchdog.scored(step, label, logits).ifPresent(decision -> follow(step, decision));
    }

    /** How the next step is to be taken. @param fresh frames that came with it, not learned from yet */
    public Restraint before(long step, List<Sample> fresh) {
        lots += fresh.isEmpty() ? 0 : 1;
        if (compares && lots % COMPARED_EVERY == 0 && !fresh.isEmpty()) {
            List<float[]> values = fresh.stream().map(Sample::values).toList();
            watchdog.compared(step - 1, learner.teacherLogits(values), learner.studentLogits(values))
                    .ifPresent(decision -> follow(step, decision));
        }
        return watchdog.restraint(step);
    }

    /** A step that was taken. */
    public void after(TrainingBatch batch, StepResult result) {
        watchdog.stepped(batch, result).forEach(decision -> follow(result.step(), decision));
    }

    /**
     * A step that was refused.
     *
     * @throws NonFiniteStepException the same, when going back would not help
     */
    public void refused(long step, NonFiniteStepException cause) {
        watchdog.refused(step, cause).ifPresent(decision -> follow(step, decision));
    }

    /** The learner as it is now was promoted: it is what a collapse goes back to. */
    public void promoted() {
        watchdog.promoted(learner.state());
    }

    /** How many times the usual number of labels may be asked for. */
    public double labelBudgetFactor(long step) {
        return watchdog.labelBudgetFactor(step);
    }

    /** True when labels are all that is learned from, after several collapses. */
    public boolean labelsOnly() {
        return watchdog.labelsOnly();
    }

    /** Everything that later decisions depend on. */
    public SafetyState state() {
        SafetyState state = watchdog.state().with(LOTS, List.of(lots));
        return labeled.favoured().isPresent()
                ? state.with(FAVOURED, List.of((long) labeled.favoured().getAsInt()))
                : state;
    }

    /** Goes on from a state, after learner and buffers did. @param otherSettings see {@link Watchdog#restore} */
    public void resume(SafetyState state, boolean otherSettings) {
        watchdog.restore(state, learner.state(), otherSettings);
        lots = state.optional(LOTS).stream().findFirst().orElse(0L);
        state.optional(FAVOURED).forEach(count -> labeled.favourLatest(Math.toIntExact(count)));
    }

    private void follow(long step, SafetyDecision decision) {
        if (decision instanceof SafetyDecision.Drift drift) {
            unlabeled.keepLatest(drift.keptFrames());
            int already = labeled.favoured().orElse(0);
            int kept = already <= LABELS_OF_ONE_DRIFT ? already : 0;
            drift.labelsSince().ifPresent(count -> labeled.favourLatest(Math.max(count, kept)));
        } else if (decision instanceof SafetyDecision.Collapse) {
            learner.restore(watchdog.promotedState());
            unlabeled.keepLatest(0); // what brought it about may be among them
        }
        told.accept(decision, step);
    }
}
