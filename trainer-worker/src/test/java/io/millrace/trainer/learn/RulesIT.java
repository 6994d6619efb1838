package io.millrace.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All the rules of the gate at once, around methods of different kinds. */
class RulesIT {
    private static final Synthetic IMAGES = new Synthetic(SampleShape.of(1, 12, 12));

    private static Compute compute;

    @BeforeAll
    static void open() {
        compute = Compute.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        compute.close();
    }

    private static LearnSettings settings(String method) {
        Map<String, String> given = new HashMap<>();
        given.put("trainer.method", method);
        given.put("trainer.network.architecture", "conv4"); // learns fast enough for quotas to act
        given.put("trainer.network.width", "8");
        given.put("trainer.unlabeled.warm.start.steps", "3");
        given.put("trainer.unlabeled.ramp.steps", "3");
        given.put("trainer.optimizer.warm.up.steps", "0");
        given.put("trainer.gate.confidence.threshold", "0.4");
        given.put("trainer.gate.threshold.floor", "0");
        given.put("trainer.gate.start.labels.per.class", "4");
        given.put("trainer.gate.start.most.steps", "12");
        given.put("trainer.gate.window.frames", "2000");
        given.put("trainer.gate.class.quota", "1");
        given.put("trainer.gate.source.quota", "0.05");
        given.put("trainer.gate.source.wait.frames", "30");
        given.put("trainer.gate.novelty.percentile", "0.8");
        given.put("trainer.gate.alignment", "weight");
        given.put("trainer.gate.alignment.prior", "labels");
        given.put("trainer.augment.curriculum.floor", "0.5");
        return LearnSettingsTest.with(given);
    }

    private static Learner learner(String method) {
        LearnSettings settings = settings(method);
        return new Learner(compute, settings.network(IMAGES.shape(), Synthetic.CLASSES), settings);
    }

    /** Most frames are of one of five sources; some are noise. */
    private static TrainingBatch batch(int step) {
        TrainingBatch batch = IMAGES.withNoise(step, 6, 16);
        List<Sample> unlabeled = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            Sample sample = batch.unlabeled().get(i);
            String source = "camera-" + (i % 8 < 5 ? 0 : 1 + (i + step) % 4);
            unlabeled.add(new Sample(sample.frameId(), source, sample.values(), Sample.UNLABELED));
        }
        return new TrainingBatch(step, batch.labeled(), unlabeled, 8);
    }

    private static Set<GateReason> train(Learner learner, int from, int to) {
        Set<GateReason> told = EnumSet.noneOf(GateReason.class);
        for (int step = from; step <= to; step++) {
            List<Sample> fresh = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                fresh.add(IMAGES.sample(50_000 + step * 6 + i));
            }
            learner.score(fresh);
            told.addAll(learner.step(batch(step)).reasons());
        }
        return told;
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

    @ParameterizedTest
    @ValueSource(strings = {"adamatch", "mean-teacher", "co-training"})
    void shouldBeBitIdenticalWhenResumedWithAllRules(String method) {
        try (Learner unbroken = learner(method);
                Learner resumed = learner(method);
                Learner early = learner(method)) {
            Set<GateReason> told = train(unbroken, 1, 5);
            early.restore(unbroken.state());
            told.addAll(train(unbroken, 6, 60));
            resumed.restore(unbroken.state());
            train(early, 6, 60);

            assertSame(early.state(), unbroken.state());
            told.addAll(train(unbroken, 61, 75));
            train(resumed, 61, 75);

            assertSame(resumed.state(), unbroken.state());
            assertThat(told)
                    .contains(
                            GateReason.WARM_START,
                            GateReason.NEW_SOURCE,
                            GateReason.NOVEL,
                            GateReason.SOURCE_QUOTA,
                            GateReason.CLASS_QUOTA);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"adamatch", "mean-teacher", "co-training"})
    void shouldRefuseTheStepAndKeepItsStateWhenASampleIsNotANumber(String method) {
        try (Learner learner = learner(method)) {
            train(learner, 1, 15);
            List<Tensor> before = learner.state();
            TrainingBatch good = batch(16);
            List<Sample> labeled = new ArrayList<>(good.labeled());
            float[] values = labeled.get(2).values().clone();
            values[7] = Float.NaN;
            labeled.set(2, new Sample("broken", "source", values, 0));

            assertThatThrownBy(() -> learner.step(new TrainingBatch(16, labeled, good.unlabeled(), 8)))
                    .isInstanceOf(NonFiniteStepException.class);

            assertSame(learner.state(), before);
            assertThat(learner.step(good).gradientNorm()).isPositive().isFinite();
        }
    }

    /** Rules can be switched on and off between two starts. */
    @Test
    void shouldGoOnWhenRulesWereSwitched() {
        LearnSettings plain = LearnSettingsTest.with(Map.of(
                "trainer.network.architecture", "conv4",
                "trainer.network.width", "8",
                "trainer.gate.source.quota", "1",
                "trainer.gate.class.quota", "0",
                "trainer.gate.alignment", "weight"));
        try (Learner with = learner("adamatch");
                Learner without = new Learner(compute, plain.network(IMAGES.shape(), Synthetic.CLASSES), plain)) {
            train(with, 1, 5);

            without.restore(with.state());
            train(without, 6, 8);
            with.restore(without.state());

            assertThat(with.lastStep()).isEqualTo(8);
            train(with, 9, 10);
        }
    }
}
