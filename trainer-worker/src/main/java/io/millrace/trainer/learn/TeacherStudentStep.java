package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.learn.Method.TeacherViews;
import io.millrace.trainer.model.ExponentialMovingAverage;
import io.millrace.trainer.model.Gradient;
import io.millrace.trainer.model.InputBuffer;
import io.millrace.trainer.model.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
 * student that labels for itself. One forward and backward pass of the student serves both terms. {@code view(x)} is weak
 * for a part of the labeled samples and strong for the others. Mixup may blend labeled views with each other and accepted
 * strong views with each other, targets alike; FixMatch and AdaMatch have none.
 */
final class TeacherStudentStep {
    private final Network network;
    private final LearnSettings settings;
    private final Method method;
    private final LearnerState state;
    private final Views views;
    private final ExponentialMovingAverage average;
    private final InputBuffer buffer;

    /** What the teacher made of the unlabeled samples. */
    private record Gated(GateDecision decision, float confidence) {}

    /** What came out of the student's pass: logits {@code [rows][classes]} and the clipped gradient {@code [size]}. */
    private record Learned(float[][] logits, NDArray gradient, float gradientNorm) {}

    TeacherStudentStep(Network network, LearnSettings settings, Method method, LearnerState state, Views views) {
        this.network = network;
        this.settings = settings;
        this.method = method;
        this.state = state;
        this.views = views;
        this.average = new ExponentialMovingAverage(settings.teacherHalfLifeSteps());
        this.buffer = new InputBuffer(network.config().input());
    }

    /**
     * Runs one step.
     *
     * @param scope owns everything native that the step makes; the caller closes it afterwards
     * @throws NonFiniteStepException before anything is changed, except the gate
     */
    StepResult run(TrainingBatch batch, NDManager scope) {
        long step = batch.step();
        float unlabeledWeight = method.unlabeledLossWeight(step);

        Gated gated = teacherPredictsAndGateDecides(batch);
        Views.Student seen = views.student(batch, gated.decision(), unlabeledWeight);
        Learned learned = studentLearns(seen, scope);
        double labeledLoss = loss(seen, learned.logits(), 0, seen.labeled());
        double unlabeledLoss = loss(seen, learned.logits(), seen.labeled(), seen.rows());
        refuseNonFinite(step, labeledLoss + unlabeledLoss, learned.gradientNorm());

        NDArray student = state.student().flat();
        float learningRate = settings.optimizer().learningRateAt(step);
        state.optimizer().update(student, learned.gradient(), learningRate, step);
        average.update(state.teacher().flat(), student, step);
        state.stepped(step);

        return new StepResult(
                step,
                (float) labeledLoss,
                unlabeledWeight > 0 ? (float) (unlabeledLoss / unlabeledWeight) : 0,
                unlabeledWeight,
                gated.decision().maskRate(),
                gated.decision().threshold(),
                gated.confidence(),
                learned.gradientNorm(),
                learningRate,
                (float) average.decayAt(step),
                gated.decision().pseudoLabels(),
                gated.decision().reasons());
    }

    private Gated teacherPredictsAndGateDecides(TrainingBatch batch) {
        int unlabeled = batch.unlabeled().size();
        TeacherViews needed = method.teacherViews(batch.step());
        if (needed == TeacherViews.NONE || unlabeled == 0) {
            return new Gated(GateDecision.none(unlabeled, method.reasonForNone()), 0);
        }
        List<Sample> samples = new ArrayList<>(batch.unlabeled());
        if (needed == TeacherViews.UNLABELED_AND_LABELED) {
            samples.addAll(batch.labeled());
        }
        float[][] logits = network.logits(state.teacher().flat(), buffer, views.weak(batch.step(), samples));
        refuseNonFinite(batch.step(), samples, logits);
        float[][] probabilities = Probabilities.softmax(logits);
        float[][] ofUnlabeled = Arrays.copyOf(probabilities, unlabeled);
        float[][] ofLabeled = Arrays.copyOfRange(probabilities, unlabeled, probabilities.length);
        return new Gated(
                method.gate().decide(ofUnlabeled, ofLabeled), (float) Probabilities.meanConfidence(ofUnlabeled));
    }

    private Learned studentLearns(Views.Student seen, NDManager scope) {
        buffer.clear();
        buffer.addAll(seen.samples(), seen.rows());
        NDArray input = buffer.toArray(scope);
        NDArray targets = scope.create(
                weightedTargets(seen), new Shape(seen.rows(), network.config().classes()));
        NDArray[] logits = new NDArray[1];
        NDArray gradient = Gradient.of(scope, state.student().flat(), parameters -> {
            logits[0] = network.logits(parameters, input);
            return logits[0].logSoftmax(1).mul(targets).sum();
        });
        float norm = Gradient.clip(gradient, settings.optimizer().clipNorm());
        return new Learned(Network.rows(logits[0]), gradient, norm);
    }

    /** {@code -weight_i target_i}, so that the sum of products with the log-probabilities is the loss. */
    private float[] weightedTargets(Views.Student seen) {
        int classes = network.config().classes();
        float[] weighted = new float[seen.rows() * classes];
        for (int i = 0; i < weighted.length; i++) {
            weighted[i] = -seen.weights()[i / classes] * seen.targets()[i / classes][i % classes];
        }
        return weighted;
    }

    private static double loss(Views.Student seen, float[][] logits, int from, int to) {
        double loss = 0;
        for (int i = from; i < to; i++) {
            loss += seen.weights()[i] * Probabilities.crossEntropy(seen.targets()[i], logits[i]);
        }
        return loss;
    }

    private static void refuseNonFinite(long step, List<Sample> samples, float[][] logits) {
        for (int i = 0; i < logits.length; i++) {
            for (float logit : logits[i]) {
                if (!Float.isFinite(logit)) {
                    throw new NonFiniteStepException(
                            step,
                            "finite logits of the teacher, got " + logit + " for frame "
                                    + samples.get(i).frameId());
                }
            }
        }
    }

    private static void refuseNonFinite(long step, double loss, float gradientNorm) {
        if (!(Double.isFinite(loss) && Float.isFinite(gradientNorm))) {
            throw new NonFiniteStepException(step, loss, gradientNorm);
        }
    }
}
