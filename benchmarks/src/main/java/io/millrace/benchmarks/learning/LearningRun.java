package io.millrace.benchmarks.learning;

import com.sun.management.OperatingSystemMXBean;
import io.millrace.benchmarks.learning.Arm.Learns;
import io.millrace.benchmarks.learning.CurvePoint.Occasion;
import io.millrace.benchmarks.learning.ExaminationPlan.Moment;
import io.millrace.benchmarks.learning.StreamIntake.Turn;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.evaluate.Evaluation;
import io.millrace.trainer.evaluate.PrequentialEvaluator;
import io.millrace.trainer.learn.Learner;
import io.millrace.trainer.learn.NonFiniteStepException;
import io.millrace.trainer.learn.PseudoLabelSchedule;
import io.millrace.trainer.learn.Restraint;
import io.millrace.trainer.learn.StepResult;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.Tensor;
import io.millrace.trainer.safety.Safeguard;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * One arm over one stream, once, by the rules of the training loop: F frames and the labels due are taken in, new labels
 * are scored before they are trained, then there is a step (or as many as the arm takes), under the same watch. Without a
 * broker and without promotion: what is examined is the teacher of that moment, and what a collapse goes back to is the
 * learner of the last regular examination.
 */
public final class LearningRun implements AutoCloseable {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final int SCORES = 500;

    private final LearningStream stream;
    private final Arm arm;
    private final TrainerSettings settings;
    private final Compute compute;
    private final Learner learner;
    private final StreamIntake intake;
    private final Safeguard safety;
    private final Examiner examiner;
    private final Deque<Moment> moments;
    private final PrequentialEvaluator prequential = new PrequentialEvaluator(SCORES);
    private final GateCounts gate = new GateCounts();
    private final WatchCounts watch = new WatchCounts();
    private final TreeSet<Integer> domains = new TreeSet<>();
    private final List<CurvePoint> curve = new ArrayList<>();
    private long step;
    private long batches;
    private int refused;
    private long scored;
    private long scoredRight;
    private long cpuNanos;

    /**
     * How a run is examined.
     *
     * @param examinations equally spaced over the run, the last at its end
     * @param testSamples looked at in each of them; in the end it is all
     */
    public record Examinations(int examinations, int testSamples) {
        /** As the protocol has it. */
        public static final Examinations USUAL = new Examinations(20, 1_000);

        public Examinations {
            if (!(examinations >= 1 && testSamples >= 1)) {
                throw new IllegalArgumentException("expected at least one examination and one test sample, got "
                        + examinations + " and " + testSamples);
            }
        }
    }

    /** @param settings of the trainer; their method is that of the arm */
    public LearningRun(LearningStream stream, Arm arm, TrainerSettings settings, Examinations examinations) {
        if (settings.learn().method() != arm.method()) {
            throw new IllegalArgumentException("expected settings for " + arm.method() + ", got "
                    + settings.learn().method());
        }
        this.stream = stream;
        this.arm = arm;
        this.settings = settings;
        this.compute = Compute.open(settings.learn().device(), settings.learn().threads());
        this.learner =
                new Learner(compute, settings.learn().network(stream.shape(), stream.classes()), settings.learn());
        this.intake = new StreamIntake(stream, arm.learner(), settings);
        this.safety = new Safeguard(
                settings.safety(),
                settings.learn(),
                learner,
                intake.labeled(),
                intake.unlabeled(),
                (decision, at) -> watch.told(decision));
        this.examiner = new Examiner(stream, learner, examinations.testSamples());
        this.moments = new ArrayDeque<>(ExaminationPlan.of(stream, examinations.examinations()));
    }

    /** Runs from the first frame to the last. @param examined is told each regular examination */
    public RunResult run(Consumer<CurvePoint> examined) {
        while (turn()) {
            examineWhenDue(examined);
        }
        return result();
    }

    /** One turn of the loop. @return false when the stream has ended, and nothing was done */
    boolean turn() {
        long before = intake.seen();
        if (before == stream.length()) {
            return false;
        }
        Turn turn = intake.take(settings.framesPerStep());
        long cpuBefore = PROCESS.getProcessCpuTime();
        score(turn.labeled());
        if (arm.learner() != Learns.FROM_START) {
            batches++;
            train(turn.fresh(), arm.stepsOf(batches));
        } else if (before == 0) {
            train(List.of(), startSteps());
        }
        intake.keep(turn.fresh());
        cpuNanos += PROCESS.getProcessCpuTime() - cpuBefore;
        domains.add(stream.domain(before));
        domains.add(stream.domain(intake.seen() - 1));
        return true;
    }

    /** A copy of the weights that are examined. */
    List<Tensor> teacherWeights() {
        return learner.teacherWeights();
    }

    /** Steps of the arm that stops learning: as many as it takes until pseudo-labels would count in full. */
    private int startSteps() {
        PseudoLabelSchedule schedule = settings.learn().pseudoLabels();
        return Math.max(1, (int) ((schedule.warmStartSteps() + schedule.rampSteps()) * arm.stepsPerBatch()));
    }

    private void score(List<Sample> labeled) {
        if (labeled.isEmpty()) {
            return;
        }
        float[][] logits = learner.score(labeled);
        for (int i = 0; i < logits.length && step > 0; i++) {
            int label = labeled.get(i).label();
            prequential.add(labeled.get(i).frameId(), logits[i], label);
            safety.scored(step, label, logits[i]);
            scored++;
            scoredRight += largest(logits[i]) == label ? 1 : 0;
        }
    }

    private void train(List<Sample> fresh, int steps) {
        for (int i = 0; i < steps; i++) {
            List<Sample> unseen = i == 0 ? fresh : List.of();
            intake.batch(step + 1, unseen).ifPresent(batch -> step(batch, unseen));
        }
    }

    /** As in the training loop: a step that is not finite is passed over. */
    private void step(TrainingBatch batch, List<Sample> fresh) {
        step++;
        Restraint restraint = safety.before(step, fresh);
        watch.stepped(restraint);
        try {
            StepResult result = learner.step(batch, restraint);
            gate.add(result, batch, intake::truth);
            safety.after(batch, result);
        } catch (NonFiniteStepException e) {
            refused++;
            safety.refused(step, e);
        }
    }

    private void examineWhenDue(Consumer<CurvePoint> examined) {
        while (!moments.isEmpty() && moments.peek().frames() <= intake.seen()) {
            Moment moment = moments.remove();
            List<Integer> judges = stream.judges(moment.judgedAs());
            TreeSet<Integer> looked = new TreeSet<>(judges);
            if (moment.occasion() == Occasion.REGULAR) {
                looked.addAll(domains);
            }
            var byDomain = examiner.accuracies(looked);
            double accuracy =
                    judges.stream().mapToDouble(byDomain::get).average().orElseThrow();
            CurvePoint point = new CurvePoint(moment.frames(), moment.occasion(), accuracy, byDomain);
            curve.add(point);
            if (moment.occasion() == Occasion.REGULAR) {
                safety.promoted();
                examined.accept(point);
            }
        }
    }

    private RunResult result() {
        long last = stream.length() - 1;
        // A model that is not updated knows no later labels to fit a temperature to, either.
        double temperature = arm.learner() == Learns.FROM_START ? 1 : prequential.temperature();
        Evaluation end = examiner.whole(stream.judges(last), temperature);
        return new RunResult(
                step,
                refused,
                intake.labels(),
                curve,
                stream.drifts(),
                stream.domain(last),
                end,
                (double) scoredRight / scored,
                gate,
                watch,
                examiner.accuracy(stream.triggered()),
                cpuNanos / 1e9);
    }

    private static int largest(float[] logits) {
        int largest = 0;
        for (int i = 1; i < logits.length; i++) {
            largest = logits[i] > logits[largest] ? i : largest;
        }
        return largest;
    }

    @Override
    public void close() {
        learner.close();
        compute.close();
    }
}
