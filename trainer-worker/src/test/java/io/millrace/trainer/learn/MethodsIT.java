package io.millrace.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.model.Classifier;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.NetworkConfig;
import io.millrace.trainer.model.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for every method, and for what can be added to one. */
class MethodsIT {
    private static final Synthetic IMAGES = new Synthetic(SampleShape.of(1, 12, 12));
    private static final Synthetic WINDOWS = new Synthetic(SampleShape.of(2, 24));

    private static Compute compute;

    @BeforeAll
    static void open() {
        compute = Compute.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        compute.close();
    }

    /** Each method, then one with everything that can be added. */
    static Stream<Map<String, String>> methods() {
        Stream<Map<String, String>> named =
                Stream.of(MethodName.values()).map(name -> Map.of("trainer.method", name.text()));
        Map<String, String> added = Map.of(
                "trainer.method", "fixmatch",
                "trainer.gate.alignment", "weight",
                "trainer.gate.temporal.agreement", "true",
                "trainer.unlabeled.entropy.weight", "0.05",
                "trainer.labeled.noise.weight", "1");
        return Stream.concat(named, Stream.of(added));
    }

    private static LearnSettings settings(Map<String, String> method) {
        Map<String, String> given = new HashMap<>(Map.of(
                "trainer.network.width", "8",
                "trainer.unlabeled.warm.start.steps", "3",
                "trainer.unlabeled.ramp.steps", "3",
                "trainer.gate.confidence.threshold", "0.36",
                "trainer.gate.threshold.floor", "0.36",
                "trainer.replay.unlabeled.capacity", "30",
                "trainer.replay.labeled.capacity", "30"));
        given.putAll(method);
        return LearnSettingsTest.with(given);
    }

    private static Learner learner(Synthetic data, LearnSettings settings) {
        return new Learner(compute, settings.network(data.shape(), Synthetic.CLASSES), settings);
    }

    private static void train(Learner learner, int from, int to) {
        for (int step = from; step <= to; step++) {
            learner.step(IMAGES.replayed(step, 6, 9));
        }
    }

    private static void assertSame(List<Tensor> got, List<Tensor> expected) {
        assertThat(got)
                .extracting(Tensor::name)
                .isEqualTo(expected.stream().map(Tensor::name).toList());
        for (int i = 0; i < got.size(); i++) {
            assertThat(got.get(i).values())
                    .as(got.get(i).name())
                    .isEqualTo(expected.get(i).values());
        }
    }

    /** Settings under which decisions hang on what gates and terms remember, after some training. */
    @ParameterizedTest
    @MethodSource("methods")
    void shouldBeBitIdenticalWhenResumed(Map<String, String> method) {
        Map<String, String> given = new HashMap<>(method);
        given.put("trainer.optimizer.warm.up.steps", "0");
        given.put("trainer.gate.confidence.threshold", "0.6");
        given.put("trainer.gate.threshold.floor", "0");
        try (Learner unbroken = learner(IMAGES, settings(given));
                Learner resumed = learner(IMAGES, settings(given))) {
            train(unbroken, 1, 40);
            train(unbroken, 96, 100); // some parts do something every hundred steps
            resumed.restore(unbroken.state());

            train(unbroken, 101, 112);
            train(resumed, 101, 112);

            assertSame(resumed.state(), unbroken.state());
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldRefuseTheStepAndKeepItsStateWhenASampleIsNotANumber(Map<String, String> method) {
        try (Learner learner = learner(IMAGES, settings(method))) {
            train(learner, 1, 6);
            List<Tensor> before = learner.state();
            int held = learner.heldTensors();
            TrainingBatch good = IMAGES.replayed(7, 6, 9);
            List<Sample> labeled = new ArrayList<>(good.labeled());
            Sample broken = labeled.get(2);
            float[] values = broken.values().clone();
            values[7] = Float.NaN;
            labeled.set(2, new Sample(broken.frameId(), broken.sourceId(), values, broken.label()));

            assertThatThrownBy(() -> learner.step(new TrainingBatch(7, labeled, good.unlabeled(), 4)))
                    .isInstanceOf(NonFiniteStepException.class);

            assertSame(learner.state(), before);
            assertThat(learner.step(good).gradientNorm()).isPositive().isFinite();
            assertThat(learner.heldTensors()).isEqualTo(held);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldLearnWhenClassesCanBeToldApart(Map<String, String> method) {
        Map<String, String> strict = new HashMap<>(method);
        strict.put("trainer.unlabeled.warm.start.steps", "40");
        strict.put("trainer.unlabeled.ramp.steps", "20");
        strict.put("trainer.gate.confidence.threshold", "0.7");
        strict.put("trainer.gate.threshold.floor", "0.7");
        Synthetic data = method.containsValue("vat") ? WINDOWS : IMAGES;
        try (Learner learner = learner(data, settings(strict))) {
            float first = learner.step(data.replayed(1, 9, 9)).labeledLoss();
            float last = 0;
            boolean accepted = false;
            for (int step = 2; step <= 240; step++) {
                StepResult result = learner.step(data.replayed(step, 9, 9));
                assertThat(result.unlabeledLoss()).isFinite();
                accepted |= result.maskRate() > 0;
                last = step > 230 ? last + result.labeledLoss() / 10 : 0;
            }
            assertThat(last).isLessThan(first);
            assertThat(accepted).isEqualTo(!method.containsValue("supervised"));
            assertThat(accuracy(learner, data)).isGreaterThan(0.6); // chance is 1/3
        }
    }

    private static double accuracy(Learner learner, Synthetic data) {
        float[][] logits = learner.teacherLogits(data.values(900_000, 150));
        int right = 0;
        for (int i = 0; i < logits.length; i++) {
            right += Probabilities.argMax(logits[i]) == i % Synthetic.CLASSES ? 1 : 0;
        }
        return right / 150.0;
    }

    @ParameterizedTest
    @MethodSource("methods")
    void shouldClassifyLikeTheTeacherWhenWeightsArePublished(Map<String, String> method) {
        LearnSettings settings = settings(method);
        NetworkConfig network = settings.network(IMAGES.shape(), Synthetic.CLASSES);
        try (Learner learner = learner(IMAGES, settings)) {
            train(learner, 1, 5);
            List<float[]> samples = IMAGES.values(500, 10);
            try (Classifier classifier = new Classifier(compute, network, learner.teacherWeights())) {
                assertThat(classifier.logits(samples)).isDeepEqualTo(learner.teacherLogits(samples));
            }
        }
    }

    @Test
    void shouldPublishTheBalancedHeadWhenThereIsOne() {
        try (Learner learner = learner(IMAGES, settings(Map.of("trainer.method", "abc")))) {
            train(learner, 1, 5);

            assertThat(values(learner.teacherWeights(), "head.weight"))
                    .isEqualTo(values(learner.state(), "teacher.balanced.weight"))
                    .isNotEqualTo(values(learner.state(), "teacher.head.weight"));
        }
    }

    /** How well it tells them apart is for a benchmark; that it does at all is seen here. */
    @Test
    void shouldCallNoiseUnknownMoreOftenThanWavesWhenIoMatchLearns() {
        Map<String, String> given = Map.of(
                "trainer.method", "iomatch",
                "trainer.unlabeled.warm.start.steps", "60",
                "trainer.unlabeled.ramp.steps", "20",
                "trainer.gate.confidence.threshold", "0.8");
        LearnSettings settings = settings(given);
        NetworkConfig network = settings.network(IMAGES.shape(), Synthetic.CLASSES);
        try (Learner learner = learner(IMAGES, settings)) {
            double noise = 0;
            double waves = 0;
            for (int step = 1; step <= 160; step++) {
                StepResult result = learner.step(IMAGES.withNoise(step, 9, 16));
                for (int i = 0; i < 16 && step > 100; i++) {
                    double unknown = result.reasons().get(i) == GateReason.UNKNOWN ? 1 : 0;
                    noise += i % 4 == 0 ? unknown / 4 : 0;
                    waves += i % 4 == 0 ? 0 : unknown / 12;
                }
            }
            assertThat(noise).isGreaterThan(3 * waves);
            try (Classifier classifier = new Classifier(compute, network, learner.teacherWeights())) {
                assertThat(mean(classifier.unknown(IMAGES.noise(700, 50))))
                        .isGreaterThan(mean(classifier.unknown(IMAGES.values(700, 50))));
            }
        }
    }

    private static double mean(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value / values.length;
        }
        return sum;
    }

    @Test
    void shouldLetStudentsDifferWhenTheyTeachEachOther() {
        try (Learner learner = learner(IMAGES, settings(Map.of("trainer.method", "co-training")))) {
            train(learner, 1, 5);

            assertThat(values(learner.state(), "peer.student.stem.weight"))
                    .isNotEqualTo(values(learner.state(), "student.stem.weight"));
        }
    }

    private static float[] values(List<Tensor> tensors, String name) {
        return tensors.stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow()
                .values();
    }
}
