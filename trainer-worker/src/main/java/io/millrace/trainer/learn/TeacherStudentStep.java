package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.trainer.batch.Randomness.Purpose;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.learn.Method.Consistency;
import io.millrace.trainer.learn.Method.WeakViews;
import io.millrace.trainer.model.ExponentialMovingAverage;
import io.millrace.trainer.model.Gradient;
import io.millrace.trainer.model.InputBuffer;
import io.millrace.trainer.model.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The algorithm. With B labeled samples {@code x, y}, M unlabeled samples {@code u}, a teacher's weights {@code t} and a
 * student's {@code s}:
 *
 * <pre>
 *   p      = softmax(f(t, weak(u)))                                  teacher predicts
 *   q, w   = gate(p)                                                 targets, weights in [0, 1]
 *   L(s)   = 1/B sum CE(y, f(s, view(x)))                            labeled loss
 *          + lambda 1/M sum w_i CE(q_i, f(s, strong(u_i)))           unlabeled loss
 *   s     &lt;- optimizer(s, clip(dL/ds))                               student learns
 *   t     &lt;- d t + (1 - d) s                                         teacher follows
 * </pre>
 *
 * <p>{@code gate} is that of the method with the {@link Refusals} behind it; neither is asked before the {@link WarmStart}
 * is over. This is FixMatch's algorithm 1 (Sohn et al. 2020) with the teacher of Tarvainen and Valpola 2017 in the place of the
 * student that labels for itself. A {@link Method} says who predicts, what the gate makes of it, which rows the student
 * sees, and which terms come on top. One forward and backward pass of the student serves them all. {@code view(x)} is weak
 * for a part of the labeled samples and strong for the others. Mixup may blend labeled views with each other and accepted
 * strong views with each other, targets alike; FixMatch and AdaMatch have none. With two students each learns from what the
 * other one predicts, and the teacher follows the first.
 */
final class TeacherStudentStep {
    private static final int SHOWN_EVERY = 4;

    private final Network network;
    private final LearnSettings settings;
    private final LearnerState state;
    private final InputBuffer buffer;

    /**
     * What a student is taught at a step.
     *
     * @param confidence mean of the largest probability
     * @param answers mean of the predictor's probabilities, {@code [classes]}; empty when it was not asked
     */
    private record Lesson(
            GateDecision decision, float confidence, double[] answers, StudentRows seen, float unlabeledWeight) {}

    /** What came out of the student's pass: losses in nats and the clipped gradient {@code [size]}. */
    private record Learned(
            double labeledLoss, double unlabeledLoss, Map<String, Float> terms, NDArray gradient, float gradientNorm) {}

    TeacherStudentStep(Network network, LearnSettings settings, LearnerState state) {
        this.network = network;
        this.settings = settings;
        this.state = state;
        this.buffer = new InputBuffer(network.config().input());
    }

    /**
     * Runs one step.
     *
     * @param restraint what is asked of it beyond the settings
     * @param scope owns everything native that the step makes; the caller closes it afterwards
     * @throws NonFiniteStepException before anything is changed, except what gates and terms remember
     */
    StepResult run(TrainingBatch batch, Restraint restraint, NDManager scope) {
        long step = batch.step();
        Student student = state.student();
        state.labels().passed(batch.fresh());
        Lesson lesson = predictAndGate(student, batch, restraint);
        Optional<Lesson> ofPeer = state.peer().map(peer -> predictAndGate(peer, batch, restraint));
        Learned learned = learn(student, batch, lesson, scope);
        Optional<Learned> byPeer = state.peer().map(peer -> learn(peer, batch, ofPeer.orElseThrow(), scope));

        update(student, learned, step);
        state.peer().ifPresent(peer -> update(peer, byPeer.orElseThrow(), step));
        ExponentialMovingAverage average = average(restraint);
        average.update(state.teacher().flat(), student.weights().flat(), step);
        state.stepped(step);
        return result(step, lesson, learned, (float) average.decayAt(step));
    }

    private ExponentialMovingAverage average(Restraint restraint) {
        return new ExponentialMovingAverage(
                Math.min(settings.teacherHalfLifeSteps(), restraint.teacherHalfLifeSteps()));
    }

    private Lesson predictAndGate(Student student, TrainingBatch batch, Restraint restraint) {
        Method method = student.method();
        int unlabeled = batch.unlabeled().size();
        GateReason waits = waitsFor(method, batch.step(), restraint);
        float weight =
                restraint.unlabeledShare() * method.weight() * state.warmStart().weightAt(batch.step());
        GateDecision decision = GateDecision.none(unlabeled, waits == null ? GateReason.NOT_USED : waits);
        float confidence = 0;
        double[] answers = {};
        if (method.labels()) {
            student.refusals().arrived(batch);
            boolean unseen = waits == GateReason.HELD_BACK;
            student.refusals().novelty().ifPresent(novelty -> show(novelty, student, batch, unseen));
        }
        if (waits == null && unlabeled > 0) {
            Predictions predicted = predict(student, batch);
            GateDecision decided = method.gate().decide(predicted).requiring(restraint.leastConfidence(), predicted);
            decision = student.refusals().applyTo(predicted, decided);
            confidence = (float) Probabilities.meanConfidence(predicted.unlabeled());
            answers = Probabilities.mean(predicted.unlabeled(), predicted.classes());
        }
        StudentRows seen = student.views().student(batch, decision, method.studentViews(), weight);
        return new Lesson(decision, confidence, answers, seen, weight);
    }

    /** Why nobody labels unlabeled samples at this step; nothing when somebody does. */
    private @Nullable GateReason waitsFor(Method method, long step, Restraint restraint) {
        if (!method.labels()) {
            return GateReason.NOT_USED;
        }
        GateReason waits = state.warmStart().waitsFor(step);
        return waits == null && restraint.unlabeledShare() == 0 ? GateReason.HELD_BACK : waits;
    }

    private Predictions predict(Student student, TrainingBatch batch) {
        NDArray weights = predictor(student);
        List<Sample> samples = new ArrayList<>(batch.unlabeled());
        WeakViews wanted = student.method().weakViews();
        if (wanted == WeakViews.UNLABELED_AND_LABELED) {
            samples.addAll(batch.labeled());
        }
        List<float[]> views = student.views().weak(batch.step(), samples, Purpose.WEAK_VIEW);
        if (wanted == WeakViews.UNLABELED_TWICE) {
            views.addAll(student.views().weak(batch.step(), samples, Purpose.SECOND_WEAK_VIEW));
        }
        return Predictions.of(batch, network.outputs(weights, buffer, views), wanted);
    }

    /** Weights of whoever labels for a student. */
    private NDArray predictor(Student student) {
        return switch (student.method().predictor()) {
            case TEACHER -> state.teacher().flat();
            case PEER -> other(student).weights().flat();
            case STUDENT, NOBODY -> student.weights().flat();
        };
    }

    /** Every few steps, because features change slowly. @param unseen when the gate will not see what is unlabeled */
    private void show(Novelty novelty, Student student, TrainingBatch batch, boolean unseen) {
        if (batch.step() % SHOWN_EVERY == 0) {
            int[] labels = batch.labeled().stream().mapToInt(Sample::label).toArray();
            novelty.replayed(labels, features(student, batch.labeled(), batch.step()));
            if (unseen && !batch.unlabeled().isEmpty()) {
                novelty.unlabeled(features(student, batch.unlabeled(), batch.step()));
            }
        }
    }

    private float[][] features(Student student, List<Sample> samples, long step) {
        List<float[]> views = student.views().weak(step, samples, Purpose.NOVELTY_VIEW);
        List<float[][]> outputs = network.outputs(predictor(student), buffer, views);
        return outputs.get(outputs.size() - 1);
    }

    /** Takes note of labels that are new. @param logits of the teacher on their frames */
    void takeNote(List<Sample> fresh, float[][] logits) {
        for (int i = 0; i < logits.length; i++) {
            int label = fresh.get(i).label();
            if (state.step() == 0) {
                state.labels().add(label);
            } else {
                state.labels().add(label, Probabilities.argMax(logits[i]) == label);
            }
        }
        List<Student> students = new ArrayList<>(List.of(state.student()));
        state.peer().ifPresent(students::add);
        for (Student student : students) {
            student.refusals()
                    .novelty()
                    .filter(novelty -> !fresh.isEmpty())
                    .ifPresent(novelty -> novelty.fresh(features(student, fresh, state.step())));
        }
    }

    private Student other(Student student) {
        Student peer = state.peer().orElseThrow();
        return student == peer ? state.student() : peer;
    }

    private Learned learn(Student student, TrainingBatch batch, Lesson lesson, NDManager scope) {
        Method method = student.method();
        NDArray weights = student.weights().flat();
        StudentRows seen = method.perturbation().perturb(lesson.seen(), network, weights, batch);
        int compared = method.consistency() == Consistency.CROSS_ENTROPY ? seen.rows() : seen.labeled();
        buffer.clear();
        buffer.addAll(seen.samples(), seen.rows());
        NDArray input = buffer.toArray(scope);
        NDArray targets = scope.create(
                seen.weightedTargets(compared),
                new Shape(seen.rows(), network.config().classes()));
        NDList outputs = new NDList();
        Map<String, NDArray> added = new TreeMap<>();
        NDArray gradient = Gradient.of(scope, weights, parameters -> {
            outputs.addAll(network.outputs(parameters, input));
            NDArray loss = outputs.get(0).logSoftmax(1).mul(targets).sum();
            StudentPass pass =
                    new StudentPass(batch, lesson.decision(), seen, outputs, lesson.unlabeledWeight(), scope);
            for (LossTerm term : method.terms()) {
                NDArray value = term.loss(pass);
                added.put(term.name(), value);
                loss = loss.add(value);
            }
            return loss;
        });
        float norm = Gradient.clip(gradient, settings.optimizer().clipNorm());
        float[][] logits = Network.rows(outputs.get(0));
        double labeledLoss = seen.crossEntropy(logits, 0, seen.labeled());
        double unlabeledLoss = seen.crossEntropy(logits, seen.labeled(), compared);
        Map<String, Float> terms = new TreeMap<>();
        for (Map.Entry<String, NDArray> term : added.entrySet()) {
            terms.put(term.getKey(), term.getValue().getFloat());
            unlabeledLoss += terms.get(term.getKey());
        }
        NonFiniteStepException.check(batch.step(), labeledLoss + unlabeledLoss, norm);
        return new Learned(labeledLoss, unlabeledLoss, terms, gradient, norm);
    }

    private void update(Student student, Learned learned, long step) {
        float learningRate = settings.optimizer().learningRateAt(step);
        student.optimizer().update(student.weights().flat(), learned.gradient(), learningRate, step);
    }

    private StepResult result(long step, Lesson lesson, Learned learned, float teacherDecay) {
        GateDecision decision = lesson.decision();
        float unlabeledWeight = lesson.unlabeledWeight();
        return new StepResult(
                step,
                (float) learned.labeledLoss(),
                unlabeledWeight > 0 ? (float) (learned.unlabeledLoss() / unlabeledWeight) : 0,
                unlabeledWeight,
                decision.maskRate(),
                decision.threshold(),
                lesson.confidence(),
                lesson.answers(),
                learned.gradientNorm(),
                settings.optimizer().learningRateAt(step),
                teacherDecay,
                decision.pseudoLabels(),
                decision.reasons(),
                learned.terms());
    }
}
