package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.learn.Method.Predictor;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.Head;
import io.millrace.trainer.model.InputBuffer;
import io.millrace.trainer.model.Network;
import io.millrace.trainer.model.NetworkConfig;
import io.millrace.trainer.model.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A student and its teacher, learning step by step by the method that the settings name. For one thread at a time.
 *
 * <p>Deterministic: equal settings, batches and number of threads give bit-identical weights on the same machine, and so
 * does a learner that was restored from {@link #state} in between (on a CPU).
 */
public final class Learner implements AutoCloseable {
    private final Compute compute;
    private final NDManager scope;
    private final Network network;
    private final LearnerState state;
    private final TeacherStudentStep step;
    private final InputBuffer scoring;

    /** A student with first weights drawn from the seed, and its equal as teacher. */
    public Learner(Compute compute, NetworkConfig config, LearnSettings settings) {
        compute.enterThread();
        GateRules rules = settings.additions().rules();
        FreshLabels labels = new FreshLabels(rules.windowFrames(), config.classes());
        Method method = Methods.of(settings, config.classes(), labels);
        this.compute = compute;
        this.scope = compute.newScope();
        this.network = new Network(config, heads(method, rules, config), scope);
        Student student = new Student(scope, network, settings, method, labels);
        WarmStart warmStart = new WarmStart(settings.pseudoLabels(), rules, labels);
        this.state = new LearnerState(scope, network, student, peer(settings, method, labels), warmStart);
        this.step = new TeacherStudentStep(network, settings, state);
        this.scoring = new InputBuffer(config.input());
    }

    /** Those of the method, and last the features, where a rule looks at them. */
    private static List<Head> heads(Method method, GateRules rules, NetworkConfig config) {
        List<Head> heads = new ArrayList<>(method.heads());
        if (rules.noveltyPercentile() > 0) {
            heads.add(new Head("features", config.features(), Head.Kind.FEATURES));
        }
        return heads;
    }

    private Optional<Student> peer(LearnSettings settings, Method method, FreshLabels labels) {
        if (method.predictor() != Predictor.PEER) {
            return Optional.empty();
        }
        LearnSettings others = settings.withSeed(~settings.seed());
        Method ofPeer = Methods.of(others, network.config().classes(), labels);
        return Optional.of(new Student(scope, network, others, ofPeer, labels));
    }

    /** Learns from a batch as the settings say. */
    public StepResult step(TrainingBatch batch) {
        return step(batch, Restraint.NONE);
    }

    /**
     * Learns from a batch. Either the whole step happens or, when an exception is thrown, none of it.
     *
     * @param restraint what is asked of the step beyond the settings
     * @throws NonFiniteStepException when loss, gradient or the teacher's predictions are not finite
     * @throws IllegalArgumentException when the batch is not of a later step than the last
     */
    public StepResult step(TrainingBatch batch, Restraint restraint) {
        if (batch.step() <= state.step()) {
            throw new IllegalArgumentException(
                    "expected a batch for a step after " + state.step() + ", got one for step " + batch.step());
        }
        compute.enterThread();
        LearnerState.Memory before = state.memory();
        try (NDManager ofStep = scope.newSubManager()) {
            return step.run(batch, restraint, ofStep);
        } catch (RuntimeException e) {
            if (state.step() < batch.step()) {
                state.restoreMemory(before);
            }
            throw e;
        }
    }

    /** Number of classes. */
    public int classes() {
        return network.config().classes();
    }

    /** Number of the last step, 0 before the first. */
    public long lastStep() {
        return state.step();
    }

    /** A copy of the teacher's weights, which are what is published and served: {@code stem.weight} and so on. */
    public List<Tensor> teacherWeights() {
        compute.enterThread();
        return network.published(state.teacher().tensors(""));
    }

    /** A copy of everything that later steps depend on. */
    public List<Tensor> state() {
        compute.enterThread();
        return state.tensors();
    }

    /**
     * Goes on where {@link #state} was taken.
     *
     * @throws IllegalArgumentException when a tensor is missing, too many, of another shape, or not finite; then nothing
     *     has changed
     */
    public void restore(List<Tensor> tensors) {
        compute.enterThread();
        state.restore(tensors);
    }

    /**
     * Asks the teacher about frames whose labels are new, before anything is learned from them, and takes note of the
     * answers: warm start, quotas, novelty, alignment and curriculum go by them. Without such labels they go by nothing.
     *
     * @param fresh labeled samples that the learner has not been shown with their labels
     * @return as {@link #teacherLogits}
     */
    public float[][] score(List<Sample> fresh) {
        float[][] logits = teacherLogits(fresh.stream().map(Sample::values).toList());
        step.takeNote(fresh, logits);
        return logits;
    }

    /** Logits of the teacher on samples as they are, {@code [N][classes]}: the honest score of fresh labels. */
    public float[][] teacherLogits(List<float[]> samples) {
        return logits(state.teacher().flat(), samples);
    }

    /** Logits of the student on samples as they are, {@code [N][classes]}. */
    public float[][] studentLogits(List<float[]> samples) {
        return logits(state.student().weights().flat(), samples);
    }

    private float[][] logits(NDArray weights, List<float[]> samples) {
        compute.enterThread();
        return network.served() == 0
                ? network.logits(weights, scoring, samples)
                : network.outputs(weights, scoring, samples).get(network.served());
    }

    /** What the teacher makes of samples as they are, in one pass. */
    public Outlook teacherOutlook(List<float[]> samples) {
        compute.enterThread();
        List<float[][]> all = network.outputsAndFeatures(state.teacher().flat(), scoring, samples);
        return new Outlook(Probabilities.softmax(all.get(network.served())), all.get(all.size() - 1));
    }

    /** Number of native tensors kept between steps; constant while memory is flat. */
    public int heldTensors() {
        return scope.getManagedArrays().size();
    }

    @Override
    public void close() {
        scope.close();
    }
}
