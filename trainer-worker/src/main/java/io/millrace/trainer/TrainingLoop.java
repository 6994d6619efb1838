package io.millrace.trainer;

import io.millrace.record.Disposition;
import io.millrace.record.EventKind;
import io.millrace.record.LabelRequest;
import io.millrace.record.ModelEvent;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.Topics;
import io.millrace.trainer.ModelRelease.Candidate;
import io.millrace.trainer.ModelRelease.Release;
import io.millrace.trainer.batch.BatchAssembler;
import io.millrace.trainer.batch.HoldoutRule;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.evaluate.Evaluation;
import io.millrace.trainer.evaluate.PrequentialEvaluator;
import io.millrace.trainer.evaluate.PseudoLabelAudit;
import io.millrace.trainer.ingest.Intake;
import io.millrace.trainer.ingest.LostRange;
import io.millrace.trainer.ingest.ReceivedFrame;
import io.millrace.trainer.ingest.ReceivedLabel;
import io.millrace.trainer.ingest.SampleSource;
import io.millrace.trainer.learn.Learner;
import io.millrace.trainer.learn.NonFiniteStepException;
import io.millrace.trainer.learn.Restraint;
import io.millrace.trainer.learn.StepResult;
import io.millrace.trainer.publish.Checkpoint;
import io.millrace.trainer.publish.Ledger;
import io.millrace.trainer.publish.TrainerTransaction;
import io.millrace.trainer.publish.TrainerTransaction.Announcement;
import io.millrace.trainer.request.LabelRequests;
import io.millrace.trainer.safety.Safeguard;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The spine of the trainer: what happens to frames and labels from the topics to a model version, top to bottom.
 *
 * <pre>
 *   begin ---&gt; resume from the committed checkpoint, or bootstrap
 *     |
 *     v
 *   turn ----&gt; take in F frames and the labels due -&gt; score, keep -&gt; assemble a batch -&gt; step -&gt; commit when due
 *     |  ^                                                                               |
 *     |  +-------------------------------------------------------------------------------+
 *     v
 *   finish --&gt; last challenger, last commit
 * </pre>
 *
 * <p>Not thread-safe: one thread runs it. Nothing in here reads the clock to decide what is learned.
 */
final class TrainingLoop {
    private static final Logger LOGGER = LoggerFactory.getLogger(TrainingLoop.class);

    private final Topics topics;
    private final TrainerSettings settings;
    private final SampleSource source;
    private final LabelDesk labelDesk;
    private final Memory memory;
    private final Learner learner;
    private final ModelRelease release;
    private final TrainerTransaction transaction;
    private final TrainerMetrics metrics;
    private final InstantSource clock;
    private final int classes;
    private final HoldoutRule holdoutRule;
    private final LabelRequests requests;
    private final BatchAssembler assembler;
    private final PrequentialEvaluator prequential = new PrequentialEvaluator(500);
    private final PseudoLabelAudit audit = new PseudoLabelAudit(10_000);
    private final Ledger ledger;
    private final GateSummary gate;
    private final SafetyEvents safetyEvents;
    private final Safeguard safety;
    private long step;
    private long committedStep;
    private int turns;
    private long committedAt;

    /**
     * What the loop works with; opened and closed by the worker.
     *
     * @param source frames and labels
     * @param labelDesk applies labels to the memory
     * @param memory samples in mind
     * @param learner student and teacher
     * @param release makes versions
     * @param transaction commits
     * @param metrics meters
     */
    record Parts(
            SampleSource source,
            LabelDesk labelDesk,
            Memory memory,
            Learner learner,
            ModelRelease release,
            TrainerTransaction transaction,
            TrainerMetrics metrics) {}

    TrainingLoop(PipelineSettings pipeline, TrainerSettings settings, Parts parts, InstantSource clock) {
        this.topics = pipeline.topics();
        this.settings = settings;
        this.source = parts.source();
        this.labelDesk = parts.labelDesk();
        this.memory = parts.memory();
        this.learner = parts.learner();
        this.release = parts.release();
        this.transaction = parts.transaction();
        this.metrics = parts.metrics();
        this.clock = clock;
        this.classes = pipeline.classes().size();
        this.ledger = new Ledger(Set.of(topics.acceptedFrames().name()));
        this.gate = new GateSummary(settings.learn().gate().confidenceThreshold());
        this.safetyEvents = new SafetyEvents(topics.prefix(), metrics, clock);
        this.safety = new Safeguard(
                settings.safety(), settings.learn(), learner, memory.labeled(), memory.unlabeled(), safetyEvents::tell);
        metrics.labelsOnly(false);
        this.holdoutRule = new HoldoutRule(settings.holdoutShare());
        this.requests = new LabelRequests(settings.requests(), settings.holdoutShare());
        this.assembler = new BatchAssembler(
                settings.learn().seed(),
                settings.learn().batchLabeled(),
                settings.learn().batchUnlabeled());
    }

    /** Runs until stopped, or until everything up to the agreed end is learned. */
    void run(Optional<Checkpoint> checkpoint, BooleanSupplier stop) {
        begin(checkpoint);
        if (step == 0) {
            source.awaitLabels(settings.startLabels(), stop);
        }
        boolean drained = false;
        while (!stop.getAsBoolean() && !drained) {
            drained = turn(stop);
        }
        finish(drained);
    }

    /** Takes up the checkpoint; without one, announces the untrained first version. */
    void begin(Optional<Checkpoint> checkpoint) {
        committedAt = clock.millis();
        if (checkpoint.isPresent()) {
            resume(checkpoint.get());
            return;
        }
        source.start(Map.of(), List.of());
        Release first = release.bootstrap(candidate());
        commit(Optional.of(first), List.of(event(EventKind.STARTED, "trainer started")));
        LOGGER.atInfo().addKeyValue("champion", first.version().getVersion()).log("Trainer started afresh");
    }

    /**
     * One turn: intake, one step, and a commit when it is due.
     *
     * @return true when everything up to the agreed end is learned
     */
    boolean turn(BooleanSupplier stop) {
        Intake intake = source.next(settings.framesPerStep(), stop);
        intake.lost().forEach(this::lose);
        takeLabels(intake.labels());
        metrics.lateLabels(intake.lateLabels());
        List<Sample> fresh = takeFrames(intake.frames());
        if (!intake.frames().isEmpty()) {
            train(fresh);
            requests.choose(
                    memory.unlabeled(), memory.labeled(), learner::teacherOutlook, safety.labelBudgetFactor(step));
        }
        metrics.waiting(source);
        turns++;
        if (turns >= settings.commitSteps() && !intake.drained()) {
            boolean versionDue = step / settings.versionSteps() > committedStep / settings.versionSteps();
            commit(versionDue ? Optional.of(challenge()) : Optional.empty(), List.of());
        }
        return intake.drained();
    }

    /** Commits what is left; after the agreed end, with a last challenger. */
    void finish(boolean drained) {
        if (drained) {
            Optional<Release> last = step > 0 ? Optional.of(challenge()) : Optional.empty();
            commit(last, List.of(event(EventKind.DRAINED, "trainer drained")));
        } else if (!ledger.isEmpty()) {
            commit(Optional.empty(), List.of());
        }
        LOGGER.atInfo().addKeyValue("committed", committedStep).log("Trainer stopped");
    }

    private void lose(LostRange lost) {
        ledger.addRange(lost.topic(), lost.partition(), lost.from(), lost.to(), Disposition.EXPIRED);
        if (lost.topic().equals(topics.acceptedFrames().name())) {
            metrics.lost(lost.to() - lost.from() + 1);
        }
    }

    private void takeLabels(List<ReceivedLabel> labels) {
        List<Sample> fresh = new ArrayList<>();
        for (ReceivedLabel received : labels) {
            Disposition disposition = labelDesk.apply(received.label(), fresh);
            ledger.add(topics.labeledFrames().name(), received.partition(), received.offset(), disposition);
            metrics.label(disposition);
            String frameId = received.label().getFrameId();
            if (requests.answered(frameId)) {
                fresh.removeIf(sample -> sample.frameId().equals(frameId)); // chosen: no fair sample to score on
            }
        }
        if (!fresh.isEmpty()) {
            float[][] logits = learner.score(fresh);
            for (int i = 0; i < logits.length; i++) {
                Sample sample = fresh.get(i);
                audit.labeled(sample.frameId(), sample.label());
                if (step > 0) {
                    prequential.add(sample.frameId(), logits[i], sample.label());
                    safety.scored(step, sample.label(), logits[i]);
                }
            }
            metrics.audited(audit);
        }
    }

    private List<Sample> takeFrames(List<ReceivedFrame> frames) {
        List<Sample> fresh = new ArrayList<>();
        for (ReceivedFrame frame : frames) {
            Disposition disposition = frame.disposition();
            Sample sample = frame.sample();
            if (sample != null && holdoutRule.holdsOut(sample.frameId())) {
                disposition = Disposition.HOLDOUT;
            } else if (sample != null) {
                fresh.add(sample);
            }
            if (sample != null) {
                requests.see(sample, disposition == Disposition.HOLDOUT);
            }
            ledger.add(topics.acceptedFrames().name(), frame.partition(), frame.offset(), disposition);
            metrics.frame(disposition);
        }
        return fresh;
    }

    private void train(List<Sample> fresh) {
        Optional<TrainingBatch> batch = assembler.assemble(step + 1, memory.labeled(), memory.unlabeled(), fresh);
        memory.unlabeled().addAll(fresh);
        if (batch.isEmpty()) {
            return;
        }
        Optional<StepResult> taken = step(batch.get(), fresh);
        if (taken.isEmpty()) {
            return;
        }
        StepResult result = taken.get();
        gate.add(result, batch.get());
        for (int i = 0; i < batch.get().fresh(); i++) {
            if (result.pseudoLabels()[i] >= 0) {
                audit.accepted(batch.get().unlabeled().get(i).frameId(), result.pseudoLabels()[i]);
            }
        }
        metrics.step(result);
        safety.after(batch.get(), result);
    }

    /**
     * One step of the learner. A step that is not finite changes nothing and is passed over: the next one draws other
     * samples. Many in a row mean that the model itself is broken: it goes back, and when that does not help, the process
     * ends.
     */
    private Optional<StepResult> step(TrainingBatch batch, List<Sample> fresh) {
        step++;
        Restraint restraint = safety.before(step, fresh);
        try {
            return Optional.of(metrics.time(() -> learner.step(batch, restraint)));
        } catch (NonFiniteStepException e) {
            metrics.refused();
            LOGGER.atError().setCause(e).addKeyValue("step", step).log("A step was refused");
            safety.refused(step, e);
            return Optional.empty();
        }
    }

    private Release challenge() {
        return release.challenge(candidate(), memory.holdout().samples());
    }

    private Candidate candidate() {
        return new Candidate(
                step,
                learner.teacherWeights(),
                prequential.temperature(),
                step == 0 ? 1 : gate.threshold(),
                source.positions());
    }

    private void commit(Optional<Release> made, List<ModelEvent> happened) {
        if (made.flatMap(Release::alias).isPresent()) {
            safety.promoted();
        }
        List<ModelEvent> events = new ArrayList<>(happened);
        events.addAll(safetyEvents.take());
        metrics.labelsOnly(safety.labelsOnly());
        made.ifPresent(version -> events.addAll(version.events()));
        Evaluation scored = prequential.evaluation(prequential.temperature(), classes);
        events.add(gateEvent(scored));
        List<LabelRequest> asked = requests.take(clock.instant());
        made.ifPresent(version -> requests.askedBy(version.version().getVersion()));
        Announcement announcement = new Announcement(
                committedStep + 1,
                step,
                ledger.take(),
                made.map(Release::version),
                made.flatMap(Release::alias),
                events,
                asked);
        metrics.commit(() -> transaction.commit(checkpoint(), announcement));
        metrics.asked(asked);
        metrics.committed(step, clock.millis(), memory, scored);
        metrics.waiting(source);
        made.flatMap(Release::trial).ifPresent(metrics::tried);
        committedStep = step;
        turns = 0;
        committedAt = clock.millis();
        source.takeUpNewPartitions();
    }

    private Checkpoint checkpoint() {
        return new Checkpoint(
                step,
                learner.state(),
                prequential.reported(classes),
                prequential.calibration(classes),
                memory.labeled().samples(),
                memory.unlabeled().samples(),
                memory.holdout().samples(),
                source.positions(),
                source.waitingLabels(),
                requests.state(),
                safety.state(),
                settings.hash());
    }

    private void resume(Checkpoint checkpoint) {
        step = checkpoint.step();
        committedStep = step;
        try {
            learner.restore(checkpoint.learner());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the checkpoint of step " + step + " is of another network or method; set trainer.network.* and"
                            + " trainer.method as they were then: " + e.getMessage(),
                    e);
        }
        prequential.restore(checkpoint.scores(), checkpoint.calibration());
        requests.restore(checkpoint.requests());
        // The rule may have changed with the settings: what it holds out now is not trained any more, and vice versa.
        memory.unlabeled().addAll(kept(checkpoint.unlabeled(), false));
        kept(checkpoint.labeled(), false).forEach(memory.labeled()::put);
        kept(checkpoint.holdout(), true).forEach(memory.holdout()::put);
        source.start(checkpoint.positions(), checkpoint.waitingLabels());
        boolean changed = !checkpoint.settingsHash().equals(settings.hash());
        safety.resume(checkpoint.safety(), changed);
        String change = changed ? " under changed settings" : "";
        commit(Optional.empty(), List.of(event(EventKind.RESUMED, "trainer resumed" + change)));
        LOGGER.atInfo().addKeyValue("step", step).log("Trainer resumed" + change);
    }

    private List<Sample> kept(List<Sample> samples, boolean heldOut) {
        return samples.stream()
                .filter(sample -> holdoutRule.holdsOut(sample.frameId()) == heldOut)
                .toList();
    }

    private ModelEvent gateEvent(Evaluation scored) {
        double seconds = Math.max(clock.millis() - committedAt, 1) / 1_000.0;
        Map<String, Double> numbers = gate.take(step - committedStep, seconds, audit, source.backlog());
        if (scored.samples() > 0) {
            numbers.put("prequentialAccuracy", scored.accuracy());
            numbers.put("prequentialCalibrationError", scored.calibrationError());
        }
        String message = "gate and losses since step " + committedStep + gate.takeNovel();
        return new ModelEvent(topics.prefix(), EventKind.GATE, step, message, numbers, clock.instant(), "");
    }

    private ModelEvent event(EventKind kind, String message) {
        return new ModelEvent(topics.prefix(), kind, step, message, Map.of(), clock.instant(), "");
    }
}
