package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.trainer.batch.Randomness.Purpose;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.learn.Method.Consistency;
import io.millrace.trainer.learn.Method.Predictor;
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
 * <p>This is FixMatch's algorithm 1 (Sohn et al. 2020) with the teacher of Tarvainen and Valpola 2017 in the place of the
 * student that labels for itself. A {@link Method} says who predicts, what the gate makes of it, which rows the student
 * sees, and which terms come on top. One forward and backward pass of the student serves them all. {@code view(x)} is weak
 * for a part of the labeled samples and strong for the others. Mixup may blend labeled views with each other and accepted
 * strong views with each other, targets alike; FixMatch and AdaMatch have none. With two students each learns from what the
 * other one predicts, and the teacher follows the first.
 */
final class TeacherStudentStep {
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
        boolean active = settings.pseudoLabels().isActive(batch.step());
        boolean heldBack = active && restraint.unlabeledShare() == 0 && method.predictor() != Predictor.NOBODY;
        float weight = restraint.unlabeledShare()
                * method.weight()
                * settings.pseudoLabels().weightAt(batch.step());
        boolean asked = method.predictor() != Predictor.NOBODY && active && !heldBack && unlabeled > 0;
        GateDecision decision = GateDecision.none(unlabeled, heldBack ? GateReason.HELD_BACK : method.reasonForNone());
        float confidence = 0;
        double[] answers = {};
        if (asked) {
            Predictions predicted = predict(student, batch);
            decision = method.gate().decide(predicted).requiring(restraint.leastConfidence(), predicted);
            confidence = (float) Probabilities.meanConfidence(predicted.unlabeled());
            answers = Probabilities.mean(predicted.unlabeled(), predicted.classes());
        }
        StudentRows seen = student.views().student(batch, decision, method.studentViews(), weight);
        return new Lesson(decision, confidence, answers, seen, weight);
    }

    private Predictions predict(Student student, TrainingBatch batch) {
        NDArray weights = switch (student.method().predictor()) {
            case TEACHER -> state.teacher().flat();
            case PEER -> other(student).weights().flat();
            case STUDENT, NOBODY -> student.weights().flat();
        };
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
