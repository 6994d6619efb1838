package io.millrace.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.runtime.Settings;
import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.Tensor;
import io.millrace.trainer.safety.SafetyDecision;
import io.millrace.trainer.safety.SafetyDecision.Cause;
import io.millrace.trainer.safety.SafetySettings;
import io.millrace.trainer.safety.SafetyState;
import io.millrace.trainer.safety.Watchdog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A real learner and its watchdog: planted faults are noticed, nothing else is, and a restored pair goes on alike. */
class WatchedLearnerIT {
    private static final Synthetic IMAGES = new Synthetic(SampleShape.of(1, 8, 8));
    private static final int FRESH = 8;
    private static final int NEVER = 1_000_000;

    /** What learns, and breaks, within the few steps of these streams. */
    private static final Map<String, String> FAST = Map.of(
            "trainer.network.architecture", "conv4",
            "trainer.optimizer.learning.rate", "0.1",
            "trainer.unlabeled.mixup.alpha", "1",
            "trainer.gate.half.life.steps", "50",
            "trainer.drift.response.steps", "0", // a careful learner does not break
            "trainer.drift.doubt.labels", "0");

    private static Compute compute;

    @BeforeAll
    static void open() {
        compute = Compute.open("cpu", 1);
    }

    @AfterAll
    static void close() {
        compute.close();
    }

    /** A stream of three classes whose cameras lose their light, or show noise, from some step on. */
    private record Stream(int darkFrom, int noiseFrom, int seed) {
        Sample fresh(int step, int i) {
            int number = 100_000 * seed + 1_000 + step * FRESH + i;
            Sample sample = IMAGES.sample(number);
            float[] values = step >= noiseFrom
                    ? IMAGES.noise(number, 1).get(0)
                    : sample.values().clone();
            for (int k = 0; k < values.length; k++) {
                values[k] *= step >= darkFrom ? 0.3f : 1;
            }
            return new Sample(sample.frameId(), sample.sourceId(), values, sample.label());
        }

        TrainingBatch batch(int step) {
            List<Sample> labeled = new ArrayList<>();
            List<Sample> unlabeled = new ArrayList<>();
            for (int i = 0; i < FRESH; i++) {
                labeled.add(IMAGES.sample((step * 8L + i) % 24));
                unlabeled.add(fresh(step, i).labeled(Sample.UNLABELED));
            }
            return new TrainingBatch(step, labeled, unlabeled, FRESH);
        }
    }

    /** Learner and watchdog, with what they told. */
    private static final class Watched implements AutoCloseable {
        private final Learner learner;
        private final Watchdog watchdog;
        private final Map<Integer, Cause> told = new TreeMap<>();
        private final boolean labels;

        /** @param labels whether a label comes with each step, or nobody says anything */
        Watched(boolean labels, Map<String, String> given) {
            this.labels = labels;
            Map<String, String> all = new HashMap<>(FAST);
            all.putAll(Map.of(
                    "trainer.network.width", "8",
                    "trainer.threads", "1",
                    "trainer.unlabeled.warm.start.steps", "20",
                    "trainer.unlabeled.ramp.steps", "10",
                    "trainer.optimizer.warm.up.steps", "10",
                    "trainer.teacher.half.life.steps", "10",
                    "trainer.collapse.pause.steps", "10"));
            all.putAll(given);
            Settings settings = Settings.of(
                    LearnSettings.declareIn(SafetySettings.declareIn(new ConfigDef())), Set.of(), List.of(all));
            LearnSettings learn = LearnSettings.from(settings);
            learner = new Learner(compute, learn.network(IMAGES.shape(), Synthetic.CLASSES), learn);
            watchdog = new Watchdog(SafetySettings.from(settings), learn, learner.state(), Synthetic.CLASSES);
        }

        void run(Stream stream, int from, int to) {
            for (int step = from; step <= to; step++) {
                TrainingBatch batch = stream.batch(step);
                if (labels) {
                    Sample scored = stream.fresh(step, FRESH);
                    float[] logits = learner.teacherLogits(List.of(scored.values()))[0];
                    follow(
                            step,
                            watchdog.scored(step, scored.label(), logits).stream()
                                    .toList());
                }
                List<float[]> fresh =
                        batch.unlabeled().stream().map(Sample::values).toList();
                follow(
                        step,
                        watchdog.compared(step, learner.teacherLogits(fresh), learner.studentLogits(fresh)).stream()
                                .toList());
                follow(step, watchdog.stepped(batch, learner.step(batch, watchdog.restraint(step))));
            }
        }

        private void follow(int step, List<SafetyDecision> decisions) {
            for (SafetyDecision decision : decisions) {
                told.put(step, decision.cause());
                if (decision instanceof SafetyDecision.Collapse) {
                    learner.restore(watchdog.promotedState());
                }
            }
        }

        @Override
        public void close() {
            learner.close();
        }
    }

    @Test
    void shouldGoBackBitForBitToWhatWasPromotedWhenItCollapses() {
        Stream stream = new Stream(70, NEVER, 1);
        try (Watched watched = new Watched(true, Map.of())) {
            watched.run(stream, 1, 60);
            List<Tensor> promoted = watched.learner.state();
            watched.watchdog.promoted(promoted);
            int step = 60;
            while (!watched.told.containsValue(Cause.CONCENTRATED) && step < 170) {
                step++;
                watched.run(stream, step, step);
            }

            assertThat(watched.told.values()).contains(Cause.CONCENTRATED);
            assertSame(watched.learner.state(), promoted);
            StepResult next = watched.learner.step(stream.batch(step + 1), watched.watchdog.restraint(step + 1));
            assertThat(next.reasons()).containsOnly(GateReason.HELD_BACK);
            assertThat(next.unlabeledLossWeight()).isZero();
        }
    }

    @Test
    void shouldLearnFromLabelsAloneWhenItCollapsesAgainAndAgain() {
        try (Watched watched = new Watched(true, Map.of())) {
            watched.run(new Stream(70, NEVER, 1), 1, 60);
            watched.watchdog.promoted(watched.learner.state());
            watched.run(new Stream(70, NEVER, 1), 61, 500);

            assertThat(watched.told.values())
                    .filteredOn(Cause.CONCENTRATED::equals)
                    .hasSize(3);
            assertThat(watched.watchdog.labelsOnly()).isTrue();
        }
    }

    @Test
    void shouldNoticeNothingWhenTheStreamStaysAsItIs() {
        for (int seed = 1; seed <= 5; seed++) {
            try (Watched watched = new Watched(true, Map.of("trainer.seed", Integer.toString(seed)))) {
                watched.run(new Stream(NEVER, NEVER, seed), 1, 200);

                assertThat(watched.told).as("seed %d", seed).isEmpty();
            }
        }
    }

    @Test
    void shouldNoticeAnAbruptDriftWithinAThousandFrames() {
        try (Watched watched = new Watched(true, Map.of())) {
            watched.run(new Stream(NEVER, 120, 1), 1, 120 + 1_000 / FRESH);

            assertThat(watched.told).containsValue(Cause.ERROR_ROSE);
            assertThat(watched.told.keySet()).allMatch(step -> step >= 120);
        }
    }

    @Test
    void shouldEndBitForBitAlikeWhenKilledInTheMiddle() {
        Stream stream = new Stream(70, 150, 1);
        try (Watched unbroken = new Watched(true, Map.of())) {
            unbroken.run(stream, 1, 60);
            unbroken.watchdog.promoted(unbroken.learner.state());
            unbroken.run(stream, 61, 160);
            assertThat(unbroken.told).containsValue(Cause.CONCENTRATED);
            int collapse = unbroken.told.keySet().iterator().next();
            for (int kill : new int[] {collapse - 3, collapse, collapse + 4}) {
                try (Watched killed = new Watched(true, Map.of());
                        Watched resumed = new Watched(true, Map.of())) {
                    killed.run(stream, 1, 60);
                    killed.watchdog.promoted(killed.learner.state());
                    killed.run(stream, 61, kill);
                    SafetyState state = killed.watchdog.state();
                    resumed.learner.restore(killed.learner.state());
                    resumed.watchdog.restore(state, resumed.learner.state(), false);
                    resumed.run(stream, kill + 1, 160);

                    assertSame(resumed.learner.state(), unbroken.learner.state());
                    assertThat(resumed.watchdog.state().numbers())
                            .isEqualTo(unbroken.watchdog.state().numbers());
                }
            }
        }
    }

    private static void assertSame(List<Tensor> got, List<Tensor> expected) {
        assertThat(got)
                .extracting(Tensor::name)
                .isEqualTo(expected.stream().map(Tensor::name).toList());
        for (int i = 0; i < got.size(); i++) {
            assertThat(Arrays.equals(got.get(i).values(), expected.get(i).values()))
                    .as(got.get(i).name())
                    .isTrue();
        }
    }
}
