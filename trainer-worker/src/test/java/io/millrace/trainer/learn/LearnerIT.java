package io.millrace.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.model.Architecture;
import io.millrace.trainer.model.Classifier;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.NetworkConfig;
import io.millrace.trainer.model.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LearnerIT {
    private static final Synthetic IMAGES = new Synthetic(SampleShape.of(1, 16, 16));
    private static final Synthetic WINDOWS = new Synthetic(SampleShape.of(2, 48));

    private static Compute compute;

    @BeforeAll
    static void open() {
        compute = Compute.open("cpu", 2);
    }

    @AfterAll
    static void close() {
        compute.close();
    }

    private static LearnSettings settings(String... given) {
        Map<String, String> values = new HashMap<>(Map.of(
                "trainer.network.width", "16",
                "trainer.unlabeled.warm.start.steps", "5",
                "trainer.unlabeled.ramp.steps", "5",
                "trainer.gate.confidence.threshold", "0.4",
                "trainer.gate.threshold.floor", "0.4"));
        for (int i = 0; i < given.length; i += 2) {
            values.put(given[i], given[i + 1]);
        }
        return LearnSettingsTest.with(values);
    }

    /** Pseudo-labels start once the teacher is worth listening to, and must pass a real threshold. */
    private static LearnSettings strict(String method) {
        return settings(
                "trainer.method", method,
                "trainer.unlabeled.warm.start.steps", "50",
                "trainer.gate.confidence.threshold", "0.9",
                "trainer.gate.threshold.floor", "0.9");
    }

    private static Learner learner(Synthetic data, LearnSettings settings) {
        return new Learner(compute, settings.network(data.shape(), Synthetic.CLASSES), settings);
    }

    private static void train(Learner learner, int from, int to) {
        for (int step = from; step <= to; step++) {
            learner.step(IMAGES.batch(step, 8, 12));
        }
    }

    private static void assertSame(List<Tensor> got, List<Tensor> expected) {
        assertThat(got).hasSameSizeAs(expected);
        for (int i = 0; i < got.size(); i++) {
            assertThat(got.get(i).name()).isEqualTo(expected.get(i).name());
            assertThat(Arrays.equals(got.get(i).values(), expected.get(i).values()))
                    .as(got.get(i).name())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"adamatch,sgd", "fixmatch,adamw", "supervised,sgd", "adamatch,adamw"})
    void shouldBeBitIdenticalWhenResumed(String method, String optimizer) {
        LearnSettings settings = settings("trainer.method", method, "trainer.optimizer.name", optimizer);
        try (Learner unbroken = learner(IMAGES, settings);
                Learner killed = learner(IMAGES, settings);
                Learner resumed = learner(IMAGES, settings)) {
            train(unbroken, 1, 14);
            train(killed, 1, 8);

            resumed.restore(killed.state());
            train(resumed, 9, 14);

            assertThat(resumed.lastStep()).isEqualTo(14);
            assertSame(resumed.state(), unbroken.state());
        }
    }

    @Test
    void shouldDifferWhenTheSeedDiffers() {
        try (Learner one = learner(IMAGES, settings("trainer.seed", "1"));
                Learner two = learner(IMAGES, settings("trainer.seed", "2"))) {
            assertThat(one.teacherWeights().get(0).values())
                    .isNotEqualTo(two.teacherWeights().get(0).values());
        }
    }

    @Test
    void shouldKeepALongStepWhenRestored() {
        try (Learner learner = learner(IMAGES, settings());
                Learner restored = learner(IMAGES, settings())) {
            long late = (1L << 53) + 4711;
            learner.step(IMAGES.batch(late, 4, 4));

            restored.restore(learner.state());

            assertThat(restored.lastStep()).isEqualTo(late);
            assertThatThrownBy(() -> restored.step(IMAGES.batch(late, 4, 4)))
                    .hasMessageContaining("expected a batch for a step after " + late);
        }
    }

    @Test
    void shouldRefuseTheStepAndKeepItsStateWhenALabeledSampleIsNotANumber() {
        try (Learner learner = learner(IMAGES, settings())) {
            train(learner, 1, 8);
            List<Tensor> before = learner.state();
            TrainingBatch good = IMAGES.batch(9, 8, 12);
            List<Sample> labeled = new ArrayList<>(good.labeled());
            labeled.set(2, broken(labeled.get(2)));

            assertThatThrownBy(() -> learner.step(new TrainingBatch(9, labeled, good.unlabeled(), 0)))
                    .isInstanceOf(NonFiniteStepException.class)
                    .hasMessageContaining("NaN");
            assertSame(learner.state(), before);
            assertThat(learner.step(good).gradientNorm()).isPositive().isFinite();
        }
    }

    @Test
    void shouldRefuseTheStepAndNameTheFrameWhenAnUnlabeledSampleIsNotANumber() {
        try (Learner learner = learner(IMAGES, settings())) {
            train(learner, 1, 8);
            List<Tensor> before = learner.state();
            TrainingBatch good = IMAGES.batch(9, 8, 12);
            List<Sample> unlabeled = new ArrayList<>(good.unlabeled());
            unlabeled.set(5, broken(unlabeled.get(5)));

            assertThatThrownBy(() -> learner.step(new TrainingBatch(9, good.labeled(), unlabeled, 0)))
                    .isInstanceOf(NonFiniteStepException.class)
                    .hasMessageContaining(unlabeled.get(5).frameId());
            assertSame(learner.state(), before);
        }
    }

    private static Sample broken(Sample sample) {
        float[] values = sample.values().clone();
        values[7] = Float.NaN;
        return new Sample(sample.frameId(), sample.sourceId(), values, sample.label());
    }

    @Test
    void shouldRestoreAllOrNothingWhenAStateDoesNotFit() {
        try (Learner learner = learner(IMAGES, settings())) {
            train(learner, 1, 7);
            List<Tensor> before = learner.state();
            List<Tensor> damaged = new ArrayList<>(before);
            damaged.get(0).values()[0] += 1;
            damaged.remove(damaged.size() - 1);
            List<Tensor> expected = learner.state();

            assertThatThrownBy(() -> learner.restore(damaged)).hasMessageContaining("step");

            assertSame(learner.state(), expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"adamatch", "fixmatch", "supervised"})
    void shouldLearnImagesWhenTheyCanBeLearned(String method) {
        assertThat(accuracyAfter(IMAGES, strict(method), 120)).isGreaterThan(0.9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"adamatch", "supervised"})
    void shouldLearnSensorWindowsWhenTheyCanBeLearned(String method) {
        assertThat(accuracyAfter(WINDOWS, strict(method), 120)).isGreaterThan(0.9);
    }

    private static double accuracyAfter(Synthetic data, LearnSettings settings, int steps) {
        try (Learner learner = learner(data, settings)) {
            float first = learner.step(data.batch(1, 16, 16)).labeledLoss();
            float last = 0;
            for (int step = 2; step <= steps; step++) {
                StepResult result = learner.step(data.batch(step, 16, 16));
                last = step > steps - 10 ? last + result.labeledLoss() / 10 : 0;
            }
            assertThat(last).isLessThan(first);
            float[][] logits = learner.teacherLogits(data.values(900_000, 300));
            int right = 0;
            for (int i = 0; i < logits.length; i++) {
                right += Probabilities.argMax(logits[i]) == i % Synthetic.CLASSES ? 1 : 0;
            }
            return right / 300.0;
        }
    }

    @Test
    void shouldReportWhatItDidWhenSteppedThroughTheWarmStart() {
        try (Learner learner = learner(IMAGES, settings("trainer.gate.threshold.floor", "0"))) {
            StepResult early = learner.step(IMAGES.batch(1, 8, 12));
            learner.step(IMAGES.batch(6, 8, 12));
            StepResult late = learner.step(IMAGES.batch(30, 8, 12));

            assertThat(early.reasons()).hasSize(12).containsOnly(GateReason.WARM_START);
            assertThat(early.pseudoLabels()).hasSize(12).containsOnly(-1);
            assertThat(early.unlabeledLoss()).isZero();
            assertThat(early.learningRate()).isEqualTo(0.05f / 50);
            assertThat(early.teacherDecay()).isEqualTo(2 / 11f);
            assertThat(late.reasons()).doesNotContain(GateReason.WARM_START);
            assertThat(late.maskRate()).isPositive();
            assertThat(late.unlabeledLoss()).isPositive();
            assertThat(late.unlabeledLossWeight()).isEqualTo(1);
            assertThat(late.teacherConfidence()).isBetween(1f / 3, 1f);
        }
    }

    @Test
    void shouldFollowTheFormulasWhenViewsAreTheSamplesThemselves() {
        LearnSettings settings = unchangedViews();
        TrainingBatch batch = IMAGES.batch(1, 6, 5);
        try (Learner learner = learner(IMAGES, settings)) {
            float[][] labeled = learner.teacherLogits(
                    batch.labeled().stream().map(Sample::values).toList());
            float[][] unlabeled = learner.teacherLogits(
                    batch.unlabeled().stream().map(Sample::values).toList());
            List<Tensor> before = learner.state();

            StepResult result = learner.step(batch);

            double labeledLoss = 0;
            for (int i = 0; i < 6; i++) {
                int label = batch.labeled().get(i).label();
                labeledLoss += Probabilities.crossEntropy(Probabilities.oneHot(label, 3), labeled[i]) / 6;
            }
            double unlabeledLoss = 0;
            for (int i = 0; i < 5; i++) {
                int label = Probabilities.argMax(unlabeled[i]);
                assertThat(result.pseudoLabels()[i]).isEqualTo(label);
                unlabeledLoss += Probabilities.crossEntropy(Probabilities.oneHot(label, 3), unlabeled[i]) / 5;
            }
            assertThat(result.labeledLoss()).isCloseTo((float) labeledLoss, within(1e-4f));
            assertThat(result.unlabeledLoss()).isCloseTo((float) unlabeledLoss, within(1e-4f));
            assertTeacherIsTheMean(learner.state(), before);
        }
    }

    /** At the first step the average keeps two elevenths. */
    private static void assertTeacherIsTheMean(List<Tensor> after, List<Tensor> before) {
        float[] was = values(before, "teacher.block2.weight");
        float[] student = values(after, "student.block2.weight");
        float[] teacher = values(after, "teacher.block2.weight");
        assertThat(student).isNotEqualTo(was);
        for (int i = 0; i < was.length; i++) {
            assertThat(teacher[i]).isCloseTo((2 * was[i] + 9 * student[i]) / 11, within(1e-6f));
        }
    }

    private static float[] values(List<Tensor> tensors, String name) {
        return tensors.stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow()
                .values();
    }

    private static LearnSettings unchangedViews() {
        Map<String, String> given = new HashMap<>();
        LearnSettings.declareIn(new ConfigDef()).names().stream()
                .filter(key -> key.startsWith("trainer.augment.image.") || key.endsWith(".mixup.alpha"))
                .filter(key -> !key.endsWith(".flip"))
                .forEach(key -> given.put(key, "0"));
        given.put("trainer.method", "fixmatch");
        given.put("trainer.network.width", "16");
        given.put("trainer.gate.confidence.threshold", "0");
        given.put("trainer.unlabeled.warm.start.steps", "0");
        given.put("trainer.unlabeled.ramp.steps", "0");
        return LearnSettingsTest.with(given);
    }

    @Test
    void shouldClassifyLikeTheTeacherWhenWeightsArePublished() {
        LearnSettings settings = settings();
        NetworkConfig network = settings.network(IMAGES.shape(), Synthetic.CLASSES);
        try (Learner learner = learner(IMAGES, settings)) {
            train(learner, 1, 10);
            List<float[]> samples = IMAGES.values(500, 150);
            try (Classifier classifier = new Classifier(compute, network, learner.teacherWeights())) {
                float[][] expected = learner.teacherLogits(samples);
                train(learner, 11, 12);

                assertThat(classifier.logits(samples)).isDeepEqualTo(expected);
            }
        }
    }

    @Test
    void shouldRefuseWeightsWhenTheyAreOfAnotherNetwork() {
        try (Learner learner = learner(IMAGES, settings())) {
            NetworkConfig wider = NetworkConfig.of(IMAGES.shape(), Synthetic.CLASSES, Architecture.RESNET7, 24);
            List<Tensor> weights = learner.teacherWeights();

            assertThatThrownBy(() -> new Classifier(compute, wider, weights))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("stem.weight: expected shape [24, 1, 3, 3], got [16, 1, 3, 3]");
        }
    }

    @Test
    void shouldLearnTheSameWhenOthersClassifyMeanwhile() {
        LearnSettings settings = settings();
        NetworkConfig network = settings.network(IMAGES.shape(), Synthetic.CLASSES);
        try (Learner alone = learner(IMAGES, settings);
                Learner watched = learner(IMAGES, settings);
                Classifier classifier = new Classifier(compute, network, alone.teacherWeights())) {
            train(alone, 1, 12);
            List<float[]> samples = IMAGES.values(500, 20);
            float[][] expected = classifier.logits(samples);

            CompletableFuture<Boolean> same = CompletableFuture.supplyAsync(() -> {
                boolean equal = true;
                for (int i = 0; i < 50; i++) {
                    equal &= Arrays.deepEquals(classifier.logits(samples), expected);
                }
                return equal;
            });
            train(watched, 1, 12);

            assertThat(same.join()).isTrue();
            assertSame(watched.state(), alone.state());
        }
    }

    @Test
    void shouldHoldNoMoreTensorsWhenItRunsOn() {
        LearnSettings settings = settings();
        try (Learner learner = learner(IMAGES, settings)) {
            train(learner, 1, 10);
            learner.teacherLogits(IMAGES.values(0, 10));
            int held = learner.heldTensors();

            train(learner, 11, 200);
            learner.teacherLogits(IMAGES.values(0, 10));
            learner.restore(learner.state());

            assertThat(learner.heldTensors()).isEqualTo(held);
        }
    }
}
