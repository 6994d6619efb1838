package io.millrace.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.millrace.schemas.SampleShape;
import io.millrace.trainer.augment.Augmentation;
import io.millrace.trainer.batch.Randomness;
import io.millrace.trainer.batch.Randomness.Purpose;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.learn.LearnSettings;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.ExponentialMovingAverage;
import io.millrace.trainer.model.FlatParameters;
import io.millrace.trainer.model.Gradient;
import io.millrace.trainer.model.InputBuffer;
import io.millrace.trainer.model.Network;
import io.millrace.trainer.model.Optimizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The parts of an AdaMatch step, each alone, on batches as large as the step's: the calls that the step makes, without
 * the gate and the choice of samples between them. Each part takes its turn.
 */
final class StepParts implements AutoCloseable {
    /** Contained in {@code student.forward.and.backward}. */
    static final String STUDENT_FORWARD = "student.forward";

    private static final SampleShape SHAPE = SampleShape.of(1, 28, 28);
    private static final int CLASSES = 10;

    private final NDManager scope;
    private final LearnSettings settings;
    private final TrainingBatch batch;
    private final int accepted;
    private final Augmentation augmentation;
    private final Network network;
    private final FlatParameters student;
    private final FlatParameters teacher;
    private final Optimizer optimizer;
    private final ExponentialMovingAverage average;
    private final InputBuffer buffer = new InputBuffer(SHAPE);
    private final NDArray gradient;
    private final Map<String, Timings> timings = new LinkedHashMap<>();
    private long step;

    /** @param accepted unlabeled samples that the student sees */
    StepParts(Compute compute, LearnSettings settings, TrainingBatch batch, int accepted) {
        compute.enterThread();
        this.scope = compute.newScope();
        this.settings = settings;
        this.batch = batch;
        this.accepted = accepted;
        this.augmentation = Augmentation.of(SHAPE, settings.images(), settings.sensors());
        this.network = new Network(settings.network(SHAPE, CLASSES), scope);
        float[] first = network.initialParameters(settings.seed());
        this.student = new FlatParameters(scope, network.layout(), first);
        this.teacher = new FlatParameters(scope, network.layout(), first);
        this.optimizer = Optimizer.of(settings.optimizer(), network.layout(), scope);
        this.average = new ExponentialMovingAverage(settings.teacherHalfLifeSteps());
        this.gradient = scope.zeros(new Shape(first.length));
    }

    /** Every part once. */
    void turn() {
        step++;
        List<float[]> weak = new ArrayList<>();
        List<float[]> seen = new ArrayList<>();
        time("augment", () -> augment(weak, seen));
        time("teacher.forward", () -> network.logits(teacher.flat(), buffer, weak));
        time(STUDENT_FORWARD, () -> network.logits(student.flat(), buffer, seen));
        time("student.forward.and.backward", () -> forwardAndBackward(seen));
        time("optimizer", () -> optimizer.update(student.flat(), gradient, 1e-6f, step));
        time("teacher.average", () -> average.update(teacher.flat(), student.flat(), step));
    }

    /** Median of each part, in milliseconds. */
    Map<String, Double> medians() {
        Map<String, Double> medians = new LinkedHashMap<>();
        timings.forEach((part, measured) -> medians.put(part, measured.median()));
        return medians;
    }

    private void time(String part, Runnable work) {
        timings.computeIfAbsent(part, name -> new Timings()).time(work);
    }

    /** Weak views of all for the teacher; for the student a share of the labeled ones and all accepted ones strong. */
    private void augment(List<float[]> weak, List<float[]> seen) {
        SplittableRandom random = Randomness.at(settings.seed(), step, Purpose.STRONG_VIEW);
        batch.unlabeled().forEach(sample -> weak.add(view(sample, random, false)));
        batch.labeled().forEach(sample -> weak.add(view(sample, random, false)));
        int strong =
                (int) Math.round(settings.labeledStrongShare() * batch.labeled().size());
        for (int i = 0; i < batch.labeled().size(); i++) {
            seen.add(view(batch.labeled().get(i), random, i < strong));
        }
        batch.unlabeled().subList(0, accepted).forEach(sample -> seen.add(view(sample, random, true)));
    }

    private float[] view(Sample sample, SplittableRandom random, boolean strong) {
        float[] view = new float[sample.values().length];
        if (strong) {
            augmentation.strong(sample.values(), random.split(), view, 0);
        } else {
            augmentation.weak(sample.values(), random.split(), view, 0);
        }
        return view;
    }

    private void forwardAndBackward(List<float[]> seen) {
        try (NDManager ofStep = scope.newSubManager()) {
            buffer.clear();
            seen.forEach(buffer::add);
            NDArray input = buffer.toArray(ofStep);
            NDArray computed = Gradient.of(
                    ofStep,
                    student.flat(),
                    parameters ->
                            network.logits(parameters, input).logSoftmax(1).mean());
            Gradient.clip(computed, settings.optimizer().clipNorm());
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
