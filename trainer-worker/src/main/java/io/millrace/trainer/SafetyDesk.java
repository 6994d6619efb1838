package io.millrace.trainer;

import io.millrace.record.EventKind;
import io.millrace.record.ModelEvent;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.learn.Learner;
import io.millrace.trainer.learn.NonFiniteStepException;
import io.millrace.trainer.learn.Restraint;
import io.millrace.trainer.learn.StepResult;
import io.millrace.trainer.publish.Checkpoint;
import io.millrace.trainer.safety.SafetyDecision;
import io.millrace.trainer.safety.SafetyState;
import io.millrace.trainer.safety.Watchdog;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the {@link Watchdog} decides: sets the learner back, forgets frames from before a drift, counts, and keeps an
 * event for the next commit.
 */
final class SafetyDesk {
    private static final Logger LOGGER = LoggerFactory.getLogger(SafetyDesk.class);
    /** Teacher and student are asked about the fresh frames of every second step: half of the cost, all of the signal. */
    private static final int COMPARED_EVERY = 2;

    private final String model;
    private final boolean compares;
    private final Learner learner;
    private final Memory memory;
    private final TrainerMetrics metrics;
    private final InstantSource clock;
    private final Watchdog watchdog;
    private final List<ModelEvent> events = new ArrayList<>();

    /** @param model topic prefix of the pipeline, the model's name in events */
    SafetyDesk(
            String model,
            TrainerSettings settings,
            int classes,
            Learner learner,
            Memory memory,
            TrainerMetrics metrics,
            InstantSource clock) {
        this.model = model;
        this.compares = settings.safety().drift().disagreementDelta() > 0;
        this.learner = learner;
        this.memory = memory;
        this.metrics = metrics;
        this.clock = clock;
        this.watchdog = new Watchdog(settings.safety(), settings.learn(), learner.state(), classes);
        metrics.labelsOnly(false);
    }

    /** A frame's label before it is learned, and what the teacher answered. */
    void scored(long step, int label, float[] logits) {
        watchdog.scored(step, label, logits).ifPresent(decision -> follow(step, decision));
    }

    /** How the next step is to be taken. @param fresh frames that came with it, not learned from yet */
    Restraint before(long step, List<Sample> fresh) {
        if (compares && step % COMPARED_EVERY == 0 && !fresh.isEmpty()) {
            List<float[]> values = fresh.stream().map(Sample::values).toList();
            watchdog.compared(step - 1, learner.teacherLogits(values), learner.studentLogits(values))
                    .ifPresent(decision -> follow(step, decision));
        }
        return watchdog.restraint(step);
    }

    /** A step that was taken. */
    void after(TrainingBatch batch, StepResult result) {
        watchdog.stepped(batch, result).forEach(decision -> follow(result.step(), decision));
    }

    /**
     * A step that was refused.
     *
     * @throws NonFiniteStepException the same, when going back would not help
     */
    void refused(long step, NonFiniteStepException cause) {
        watchdog.refused(step, cause).ifPresent(decision -> follow(step, decision));
    }

    /** The learner as it is now was promoted: it is what a collapse goes back to. */
    void promoted() {
        watchdog.promoted(learner.state());
    }

    /** How many times the usual number of labels may be asked for. */
    double labelBudgetFactor(long step) {
        return watchdog.labelBudgetFactor(step);
    }

    /** What happened since the last call, for the next commit. */
    List<ModelEvent> takeEvents() {
        List<ModelEvent> taken = List.copyOf(events);
        events.clear();
        return taken;
    }

    SafetyState state() {
        return watchdog.state();
    }

    /** Goes on from a checkpoint, after the learner did. */
    void resume(Checkpoint checkpoint, boolean otherSettings) {
        watchdog.restore(checkpoint.safety(), learner.state(), otherSettings);
        metrics.labelsOnly(watchdog.labelsOnly());
    }

    private void follow(long step, SafetyDecision decision) {
        if (decision instanceof SafetyDecision.Drift drift) {
            memory.unlabeled().keepLatest(drift.keptFrames());
        } else if (decision instanceof SafetyDecision.Collapse) {
            learner.restore(watchdog.promotedState());
            memory.unlabeled().keepLatest(0); // what brought it about may be among them
        }
        metrics.safety(decision.cause());
        metrics.labelsOnly(watchdog.labelsOnly());
        LOGGER.atWarn()
                .addKeyValue("step", step)
                .addKeyValue("reason", decision.cause())
                .log(decision.message());
        events.add(ModelEvent.newBuilder()
                .setModel(model)
                .setKind(EventKind.valueOf(decision.cause().kind().name()))
                .setStep(step)
                .setMessage(decision.message())
                .setNumbers(decision.numbers())
                .setAt(clock.instant())
                .setReason(decision.cause().name())
                .build());
    }
}
