package io.millrace.trainer.safety;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.runtime.Settings;
import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.LabeledBuffer;
import io.millrace.trainer.batch.LabeledBuffer.Eviction;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.batch.UnlabeledBuffer;
import io.millrace.trainer.learn.LearnSettings;
import io.millrace.trainer.learn.Learner;
import io.millrace.trainer.learn.NonFiniteStepException;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.safety.SafetyDecision.Cause;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The watch over a real learner: what it decides is done. */
class SafeguardIT {
    private static final SampleShape SHAPE = SampleShape.of(1, 8, 8);
    private static final int CLASSES = 4;

    private final LabeledBuffer labeled = new LabeledBuffer(500, Eviction.OLDEST_OF_LARGEST_CLASS);
    private final UnlabeledBuffer unlabeled = new UnlabeledBuffer(2_000);
    private final List<Cause> told = new ArrayList<>();
    private Compute compute;
    private Learner learner;
    private Safeguard safety;

    @BeforeEach
    void open() {
        compute = Compute.open("cpu", 1);
        LearnSettings learn = LearnSettings.from(settings());
        learner = new Learner(compute, learn.network(SHAPE, CLASSES), learn);
        safety = safeguard(labeled);
    }

    @AfterEach
    void close() {
        learner.close();
        compute.close();
    }

    private static Settings settings() {
        ConfigDef declared = LearnSettings.declareIn(SafetySettings.declareIn(new ConfigDef()));
        return Settings.of(declared, Set.of(), List.of(Map.of("trainer.network.width", "8")));
    }

    private Safeguard safeguard(LabeledBuffer favouring) {
        return new Safeguard(
                SafetySettings.from(settings()),
                LearnSettings.from(settings()),
                learner,
                favouring,
                unlabeled,
                (decision, step) -> told.add(decision.cause()));
    }

    private static Sample sample(int id) {
        SplittableRandom random = new SplittableRandom(id);
        float[] values = new float[SHAPE.values()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        return new Sample("frame-" + id, "camera", values, id % CLASSES);
    }

    private void score(int id, boolean right) {
        labeled.put(sample(id));
        float[] logits = new float[CLASSES];
        logits[(id + (right ? 0 : 1)) % CLASSES] = 1;
        safety.scored(1, id % CLASSES, logits);
    }

    @Test
    void shouldForgetFramesAndFavourLabelsWhenMistakesRise() {
        IntStream.range(0, 1_000).forEach(id -> unlabeled.addAll(List.of(sample(id))));
        IntStream.range(0, 100).forEach(id -> score(id, true));
        assertThat(labeled.favoured()).isEmpty();
        int id = 100;
        while (told.isEmpty() && id < 200) {
            score(id++, false);
        }

        assertThat(told).containsExactly(Cause.ERROR_ROSE);
        assertThat(unlabeled.samples()).hasSize(500);
        int since = labeled.favoured().orElseThrow();
        assertThat(since).isBetween(id - 100, 20);
        assertThat(safety.before(2, List.of()).unlabeledShare()).isZero();

        LabeledBuffer reread = new LabeledBuffer(500, Eviction.OLDEST_OF_LARGEST_CLASS);
        labeled.samples().forEach(reread::put);
        Safeguard resumed = safeguard(reread);
        resumed.resume(safety.state(), false);
        assertThat(reread.favoured()).hasValue(since);
        assertThat(resumed.state().numbers()).isEqualTo(safety.state().numbers());
    }

    @Test
    void shouldKeepFavouringTheFirstLabelsSinceADriftWhenItIsToldAgain() {
        IntStream.range(0, 100).forEach(id -> labeled.put(sample(id)));
        becomeUnsure();
        assertThat(labeled.favoured()).hasValue(0);

        IntStream.range(100, 105).forEach(id -> labeled.put(sample(id)));
        becomeUnsure();
        assertThat(labeled.favoured()).as("of the same drift").hasValue(5);

        IntStream.range(105, 130).forEach(id -> labeled.put(sample(id)));
        becomeUnsure();
        assertThat(labeled.favoured()).as("of an earlier one").hasValue(0);
    }

    /** As if the teacher had been sure so far; one that has learned nothing is not. */
    private void becomeUnsure() {
        Watchdog sure =
                new Watchdog(SafetySettings.from(settings()), LearnSettings.from(settings()), learner.state(), CLASSES);
        float[][] answers = {{5, 0, 0, 0}};
        IntStream.range(0, 1_000).forEach(i -> sure.compared(1, answers, answers));
        safety.resume(sure.state(), false);
        List<Sample> lot = IntStream.range(0, 8).mapToObj(SafeguardIT::sample).toList();
        int before = told.size();
        for (int i = 0; i < 200 && told.size() == before; i++) {
            safety.before(2, lot);
        }
        assertThat(told).hasSize(before + 1).last().isEqualTo(Cause.UNCERTAINTY_ROSE);
    }

    @Test
    void shouldCompareEverySecondLotOfFreshFramesHoweverManyStepsEachHas() {
        List<List<Long>> seen = new ArrayList<>();
        for (int step = 1; step <= 8; step++) {
            safety.before(step, step % 2 == 1 ? List.of(sample(step)) : List.of());
            seen.add(safety.state().required("disagreements"));
        }

        assertThat(seen.stream().distinct())
                .as("none, after the second and the fourth lot")
                .hasSize(3);
    }

    @Test
    void shouldGoBackToThePromotedStateWhenStepsAreNotFinite() {
        learn(1);
        safety.promoted();
        float[] promoted = learner.teacherWeights().get(0).values().clone();
        unlabeled.addAll(List.of(sample(1)));
        learn(2);
        assertThat(Arrays.equals(learner.teacherWeights().get(0).values(), promoted))
                .isFalse();

        for (int i = 0; i <= Watchdog.MOST_REFUSED; i++) {
            safety.refused(3 + i, new NonFiniteStepException(3 + i, "something finite, got NaN"));
        }

        assertThat(told).containsExactly(Cause.NON_FINITE);
        assertThat(Arrays.equals(learner.teacherWeights().get(0).values(), promoted))
                .isTrue();
        assertThat(unlabeled.samples()).isEmpty();
    }

    private void learn(long step) {
        List<Sample> samples =
                IntStream.range(0, 8).mapToObj(SafeguardIT::sample).toList();
        learner.step(new TrainingBatch(step, samples, List.of(), 0));
    }
}
