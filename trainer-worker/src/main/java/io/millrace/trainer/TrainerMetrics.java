package io.millrace.trainer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.record.Disposition;
import io.millrace.record.LabelRequest;
import io.millrace.record.RequestReason;
import io.millrace.runtime.meters.Gauges;
import io.millrace.runtime.meters.Gauges.Level;
import io.millrace.trainer.ModelRelease.Trial;
import io.millrace.trainer.evaluate.Evaluation;
import io.millrace.trainer.evaluate.PseudoLabelAudit;
import io.millrace.trainer.ingest.SampleSource;
import io.millrace.trainer.learn.GateReason;
import io.millrace.trainer.learn.StepResult;
import io.millrace.trainer.promote.Decision;
import io.millrace.trainer.safety.SafetyDecision;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * The meters of the training thread; docs/METRICS.md lists them. Its gauges end with it, its counters go on when a
 * successor in the same process counts on. Every counter is there from the start, at 0.
 */
final class TrainerMetrics implements AutoCloseable {
    private final MeterRegistry meters;
    private final Gauges gauges;
    private final Timer steps;
    private final Timer commits;
    private final Counter refused;
    private final Counter lateLabels;
    private final Map<GateReason, Counter> pseudoLabels = new EnumMap<>(GateReason.class);
    private final Counter right;
    private final Counter wrong;
    private final Learning learning;
    private final Progress progress;
    private final Quality quality;
    private final Level labelsOnly;
    private long countedRight;
    private long countedWrong;

    /** What the last step said. */
    private record Learning(
            Level labeledLoss,
            Level unlabeledLoss,
            Level maskRate,
            Level threshold,
            Level teacherConfidence,
            Level gradientNorm,
            Level learningRate) {}

    /** How far the trainer is. */
    private record Progress(
            Level committedStep,
            Level committedAt,
            Level checkpointSize,
            Level backlog,
            Level waitingLabels,
            Level labeled,
            Level unlabeled,
            Level holdout) {}

    /** How good the teacher, the champion and the challenger are. */
    private record Quality(
            Level prequentialAccuracy,
            Level prequentialError,
            Level championAccuracy,
            Level championError,
            Level challengerAccuracy,
            Level challengerError) {}

    TrainerMetrics(MeterRegistry meters) {
        this.meters = meters;
        gauges = new Gauges(meters);
        steps = Timer.builder("trainer.step.duration")
                .description("One optimizer step, from batch to teacher average")
                .serviceLevelObjectives(millis(20, 50, 100, 250, 500, 1_000, 5_000))
                .register(meters);
        commits = Timer.builder("trainer.commit.duration")
                .description("One commit: checkpoint stored, transaction ended")
                .serviceLevelObjectives(millis(50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000))
                .register(meters);
        refused = counter("trainer.refused.steps", "steps", "Steps that were not finite and changed nothing");
        lateLabels = counter(
                "trainer.late.labels",
                "labels",
                "Labels that came after frames later than themselves were learned: another run may learn otherwise");
        String audited = "Pseudo-labels that later met the label of their frame";
        right = counter("trainer.audited.pseudo.labels", "labels", audited, "result", "right");
        wrong = counter("trainer.audited.pseudo.labels", "labels", audited, "result", "wrong");
        learning = learning();
        progress = progress();
        quality = quality();
        labelsOnly = gauges.add(
                "trainer.labels.only", "", "1 when only labels are learned from, after several collapses; else 0");
        registerEveryReason();
    }

    /** So that a reason that did not occur yet is 0, and not missing. */
    private void registerEveryReason() {
        for (SafetyDecision.Cause cause : SafetyDecision.Cause.values()) {
            safetyDecisions(cause);
        }
        for (GateReason reason : GateReason.values()) {
            String text = "Unlabeled samples by what the gate made of them";
            pseudoLabels.put(reason, counter("trainer.pseudo.labels", "labels", text, "reason", reason.name()));
        }
        for (Disposition disposition : Disposition.values()) {
            frames(disposition);
            labels(disposition);
        }
        for (Decision.Cause cause : Decision.Cause.values()) {
            decisions(cause);
        }
        for (RequestReason reason : RequestReason.values()) {
            requests(reason);
        }
    }

    StepResult time(Supplier<StepResult> work) {
        StepResult result = steps.record(work);
        if (result == null) {
            throw new IllegalStateException("a step gives a result");
        }
        return result;
    }

    void step(StepResult result) {
        learning.labeledLoss().set(result.labeledLoss());
        learning.unlabeledLoss().set(result.unlabeledLoss());
        learning.maskRate().set(result.maskRate());
        learning.threshold().set(result.threshold());
        learning.teacherConfidence().set(result.teacherConfidence());
        learning.gradientNorm().set(result.gradientNorm());
        learning.learningRate().set(result.learningRate());
        int[] tally = new int[GateReason.values().length];
        result.reasons().forEach(reason -> tally[reason.ordinal()]++);
        pseudoLabels.forEach((reason, counter) -> counter.increment(tally[reason.ordinal()]));
    }

    void safety(SafetyDecision.Cause cause) {
        safetyDecisions(cause).increment();
    }

    void labelsOnly(boolean now) {
        labelsOnly.set(now ? 1 : 0);
    }

    void refused() {
        refused.increment();
    }

    /** What waits for the trainer. */
    void waiting(SampleSource source) {
        progress.backlog().set(source.backlog());
        progress.waitingLabels().set(source.labelsWaiting());
    }

    /** Times a commit, which returns the size of its checkpoint. */
    void commit(IntSupplier work) {
        commits.record(() -> progress.checkpointSize().set(work.getAsInt()));
    }

    void committed(long step, long millis, Memory memory, Evaluation prequential) {
        progress.committedStep().set(step);
        progress.committedAt().set(millis / 1_000.0);
        progress.labeled().set(memory.labeled().size());
        progress.unlabeled().set(memory.unlabeled().size());
        progress.holdout().set(memory.holdout().size());
        quality.prequentialAccuracy().set(prequential.accuracy());
        quality.prequentialError().set(prequential.calibrationError());
    }

    void tried(Trial trial) {
        quality.championAccuracy().set(trial.champion().accuracy());
        quality.championError().set(trial.champion().calibrationError());
        quality.challengerAccuracy().set(trial.challenger().accuracy());
        quality.challengerError().set(trial.challenger().calibrationError());
        decisions(trial.decision().cause()).increment();
    }

    void audited(PseudoLabelAudit audit) {
        long nowWrong = audit.audited() - audit.right();
        right.increment(audit.right() - countedRight);
        wrong.increment(nowWrong - countedWrong);
        countedRight = audit.right();
        countedWrong = nowWrong;
    }

    void frame(Disposition disposition) {
        frames(disposition).increment();
    }

    void lost(long offsets) {
        frames(Disposition.EXPIRED).increment(offsets);
    }

    void label(Disposition disposition) {
        labels(disposition).increment();
    }

    void asked(List<LabelRequest> requests) {
        requests.forEach(request -> requests(request.getReason()).increment());
    }

    void lateLabels(int count) {
        lateLabels.increment(count);
    }

    @Override
    public void close() {
        gauges.close();
    }

    private Learning learning() {
        String loss = "Cross-entropy of the last step, in nats, before its weight";
        return new Learning(
                gauges.add("trainer.loss", "", loss, "term", "labeled"),
                gauges.add("trainer.loss", "", loss, "term", "unlabeled"),
                gauges.add("trainer.mask.rate", "", "Mean weight that the gate gave the last unlabeled batch, 0 to 1"),
                gauges.add("trainer.confidence.threshold", "", "Confidence that the gate asked for at the last step"),
                gauges.add(
                        "trainer.teacher.confidence", "", "Mean confidence of the teacher on the last unlabeled batch"),
                gauges.add("trainer.gradient.norm", "", "Norm of the last gradient, before clipping"),
                gauges.add("trainer.learning.rate", "", "Learning rate of the last step"));
    }

    private Progress progress() {
        String memory = "Samples that the trainer keeps: to replay labeled ones, to draw unlabeled ones, to hold out";
        return new Progress(
                gauges.add("trainer.committed.step", "", "Steps that are committed"),
                gauges.add("trainer.last.commit.timestamp", "seconds", "When the trainer committed last, since 1970"),
                gauges.add("trainer.checkpoint.size", "bytes", "Size of the last checkpoint"),
                gauges.add("trainer.backlog.frames", "frames", "Accepted frames that wait for the trainer"),
                gauges.add("trainer.waiting.labels", "labels", "Labels that wait for frames as late as themselves"),
                gauges.add("trainer.memory.samples", "samples", memory, "buffer", "labeled"),
                gauges.add("trainer.memory.samples", "samples", memory, "buffer", "unlabeled"),
                gauges.add("trainer.memory.samples", "samples", memory, "buffer", "holdout"));
    }

    private Quality quality() {
        String accuracy = "Share of the holdout that is answered right, at the last challenge";
        String error = "Expected calibration error on the holdout, at the last challenge";
        return new Quality(
                gauges.add(
                        "trainer.prequential.accuracy",
                        "",
                        "Accuracy of the teacher on the last 500 labels, before they were learned"),
                gauges.add(
                        "trainer.prequential.calibration.error",
                        "",
                        "Expected calibration error of the teacher on the same labels"),
                gauges.add("trainer.holdout.accuracy", "", accuracy, "model", "champion"),
                gauges.add("trainer.holdout.calibration.error", "", error, "model", "champion"),
                gauges.add("trainer.holdout.accuracy", "", accuracy, "model", "challenger"),
                gauges.add("trainer.holdout.calibration.error", "", error, "model", "challenger"));
    }

    private Counter frames(Disposition disposition) {
        String text = "Accepted frames by how the trainer ended them; EXPIRED counts offsets";
        return counter("trainer.frames", "frames", text, "disposition", disposition.name());
    }

    private Counter labels(Disposition disposition) {
        String text = "Labels by how the trainer ended them";
        return counter("trainer.labels", "labels", text, "disposition", disposition.name());
    }

    private Counter requests(RequestReason reason) {
        String text = "Labels that were asked for, by why";
        return counter("trainer.label.requests", "requests", text, "reason", reason.name());
    }

    private Counter decisions(Decision.Cause cause) {
        String outcome = cause == Decision.Cause.NOT_WORSE ? "promoted" : "kept";
        String text = "Challengers by what became of them, and by which rule";
        String reason = cause.name().toLowerCase(Locale.ROOT);
        return counter("trainer.decisions", "decisions", text, "outcome", outcome, "reason", reason);
    }

    private Counter safetyDecisions(SafetyDecision.Cause cause) {
        String text = "Drift, collapse and skew that were noticed, by rule; a collapse sets the learner back";
        String kind = cause.kind().name().toLowerCase(Locale.ROOT);
        String reason = cause.name().toLowerCase(Locale.ROOT);
        return counter("trainer.safety.decisions", "decisions", text, "kind", kind, "reason", reason);
    }

    private Counter counter(String name, String unit, String text, String... tags) {
        return Counter.builder(name).baseUnit(unit).description(text).tags(tags).register(meters);
    }

    private static Duration[] millis(long... millis) {
        return Arrays.stream(millis).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }
}
