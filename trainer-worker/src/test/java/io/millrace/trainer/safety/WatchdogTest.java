package io.millrace.trainer.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.runtime.Settings;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.learn.GateReason;
import io.millrace.trainer.learn.LearnSettings;
import io.millrace.trainer.learn.NonFiniteStepException;
import io.millrace.trainer.learn.Restraint;
import io.millrace.trainer.learn.StepResult;
import io.millrace.trainer.model.Tensor;
import io.millrace.trainer.safety.SafetyDecision.Cause;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private static final int CLASSES = 4;
    private static final double[] SPREAD = {0.25, 0.25, 0.25, 0.25};
    private static final double[] ONE = {0.97, 0.01, 0.01, 0.01};
    private static final List<Tensor> INITIAL = List.of(Tensor.vector("student", 1));

    private static Settings settings(Map<String, String> given) {
        ConfigDef declared = LearnSettings.declareIn(SafetySettings.declareIn(new ConfigDef()));
        return Settings.of(declared, Set.of(), List.of(given));
    }

    private static Watchdog watchdog(String... given) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < given.length; i += 2) {
            values.put(given[i], given[i + 1]);
        }
        Settings settings = settings(values);
        return new Watchdog(SafetySettings.from(settings), LearnSettings.from(settings), INITIAL, CLASSES);
    }

    private static StepResult result(long step, double[] meanAnswer, int... pseudoLabels) {
        List<GateReason> reasons = Collections.nCopies(pseudoLabels.length, GateReason.ACCEPTED);
        return new StepResult(
                step, 1, 1, 1, 1, 0.9f, 0.9f, meanAnswer, 1, 0.1f, 0.99f, pseudoLabels, reasons, Map.of());
    }

    private static List<SafetyDecision> step(Watchdog watchdog, long step, double[] meanAnswer, int... pseudoLabels) {
        Sample sample = new Sample("frame", "camera", new float[1], 0);
        List<Sample> unlabeled = Collections.nCopies(pseudoLabels.length, sample);
        TrainingBatch batch = new TrainingBatch(step, List.of(sample), unlabeled, pseudoLabels.length);
        return watchdog.stepped(batch, result(step, meanAnswer, pseudoLabels));
    }

    private static float[] answer(int label) {
        float[] logits = new float[CLASSES];
        logits[label] = 1;
        return logits;
    }

    private static void label(Watchdog watchdog, int count) {
        for (int i = 0; i < count; i++) {
            watchdog.scored(1, i % CLASSES, answer(i % CLASSES));
        }
    }

    private static List<SafetyDecision> collapse(Watchdog watchdog, long from) {
        List<SafetyDecision> told = new ArrayList<>();
        for (long step = from; step < from + 20; step++) {
            told.addAll(step(watchdog, step, ONE));
        }
        return told;
    }

    @Test
    void shouldCompareEntropiesAsWorkedOutByHand() {
        // Four equal classes: ln 4 = 1.3863, a third of it 0.4621, less 0.5 0.8863.
        assertThat(Concentration.limit(SPREAD)).isEqualTo(0.4621, within(1e-4));
        // Two equal classes: ln 2 = 0.6931, a third of it 0.2310, less 0.5 0.1931.
        assertThat(Concentration.limit(new double[] {0.5, 0.5})).isEqualTo(0.1931, within(1e-4));
        assertThat(Concentration.limit(new double[] {0.95, 0.05})).isNegative();
        // 0.97 ln 0.97 + 3 * 0.01 ln 0.01
        assertThat(Concentration.entropy(ONE)).isEqualTo(0.1677, within(1e-4));
    }

    @Test
    void shouldNoticeACollapseAtTheTwentiethConcentratedStep() {
        Watchdog watchdog = watchdog();
        label(watchdog, 40);
        for (long step = 1; step < 20; step++) {
            assertThat(step(watchdog, step, ONE)).isEmpty();
        }

        assertThat(step(watchdog, 20, ONE)).singleElement().satisfies(decision -> {
            assertThat(decision).isInstanceOf(SafetyDecision.Collapse.class);
            assertThat(decision.cause()).isEqualTo(Cause.CONCENTRATED);
            assertThat(decision.numbers()).containsEntry("restores", 1.0).containsEntry("labelsOnly", 0.0);
            assertThat(decision.message()).contains("no pseudo-labels for 200 steps");
        });
    }

    @Test
    void shouldBeginAnewWhenOneStepBetweenIsSpread() {
        Watchdog watchdog = watchdog();
        label(watchdog, 40);
        for (long step = 1; step <= 60; step++) {
            assertThat(step(watchdog, step, step % 20 == 0 ? SPREAD : ONE)).isEmpty();
        }
    }

    @Test
    void shouldNotJudgeWhileLabelsAreFewOrOfOneClass() {
        Watchdog few = watchdog();
        label(few, 19);
        assertThat(collapse(few, 1)).isEmpty();

        Watchdog one = watchdog();
        for (int i = 0; i < 60; i++) {
            one.scored(1, 0, answer(0));
        }
        assertThat(collapse(one, 1)).isEmpty();
    }

    @Test
    void shouldLeaveAStreamAloneThatHasGoneFromTwoClassesToTwoOthers() {
        Watchdog watchdog = watchdog();
        label(watchdog, 60);
        for (long step = 1; step <= 100; step++) {
            assertThat(step(watchdog, step, new double[] {0, 0, 0.5, 0.5})).isEmpty();
        }
    }

    @Test
    void shouldHoldPseudoLabelsBackAfterACollapseAndThenRampThemUp() {
        Watchdog watchdog = watchdog("trainer.unlabeled.ramp.steps", "99");
        label(watchdog, 40);
        assertThat(watchdog.restraint(20)).isEqualTo(Restraint.NONE);

        collapse(watchdog, 1);

        assertThat(watchdog.restraint(21).unlabeledShare()).isZero();
        assertThat(watchdog.restraint(220).unlabeledShare()).isZero();
        assertThat(watchdog.restraint(221).unlabeledShare()).isEqualTo(0.01f);
        assertThat(watchdog.restraint(270).unlabeledShare()).isEqualTo(0.5f);
        assertThat(watchdog.restraint(320)).isEqualTo(Restraint.NONE);
    }

    @Test
    void shouldLearnFromLabelsAloneAfterThreeCollapsesUntilSettingsChange() {
        Watchdog watchdog = watchdog();
        label(watchdog, 40);
        collapse(watchdog, 1);
        collapse(watchdog, 1_000);
        assertThat(watchdog.labelsOnly()).isFalse();

        List<SafetyDecision> third = collapse(watchdog, 2_000);

        assertThat(third).singleElement().satisfies(decision -> {
            assertThat(decision.numbers()).containsEntry("labelsOnly", 1.0).containsEntry("restores", 3.0);
            assertThat(decision.message()).contains("labels alone from now on");
        });
        assertThat(watchdog.restraint(1_000_000).unlabeledShare()).isZero();
        Watchdog same = watchdog();
        same.restore(watchdog.state(), INITIAL, false);
        assertThat(same.labelsOnly()).isTrue();
        Watchdog other = watchdog();
        other.restore(watchdog.state(), INITIAL, true);
        assertThat(other.labelsOnly()).isFalse();
        assertThat(other.restraint(3_000)).isEqualTo(Restraint.NONE);
    }

    @Test
    void shouldForgetCollapsesOfLongAgo() {
        Watchdog watchdog = watchdog();
        label(watchdog, 40);
        collapse(watchdog, 1);
        collapse(watchdog, 1_000);
        collapse(watchdog, 5_100);

        assertThat(watchdog.labelsOnly()).isFalse();
    }

    @Test
    void shouldGoBackAfterElevenRefusedStepsAndEndWhenLabelsAloneAreRefusedToo() {
        Watchdog watchdog = watchdog();
        NonFiniteStepException refusal = refusal();
        List<SafetyDecision> told = new ArrayList<>();
        for (long step = 1; step <= 33; step++) {
            watchdog.refused(step, refusal).ifPresent(told::add);
            assertThat(told).hasSize((int) step / 11);
        }
        assertThat(told).extracting(SafetyDecision::cause).containsOnly(Cause.NON_FINITE);
        for (long step = 34; step <= 43; step++) {
            assertThat(watchdog.refused(step, refusal)).isEmpty();
        }

        assertThatThrownBy(() -> watchdog.refused(44, refusal)).isSameAs(refusal);
    }

    @Test
    void shouldCountRefusedStepsAnewWhenOneIsTaken() {
        Watchdog watchdog = watchdog();
        for (long step = 1; step <= 40; step++) {
            if (step % 11 == 0) {
                step(watchdog, step, SPREAD);
            } else {
                assertThat(watchdog.refused(step, refusal())).isEmpty();
            }
        }
    }

    private static NonFiniteStepException refusal() {
        return new NonFiniteStepException(1, "something finite, got NaN");
    }

    @Test
    void shouldBeCarefulForAWhileWhenMistakesRise() {
        Watchdog watchdog = watchdog();
        label(watchdog, 100);
        List<SafetyDecision> told = new ArrayList<>();
        for (int i = 0; i < 60 && told.isEmpty(); i++) {
            watchdog.scored(700, i % CLASSES, answer((i + 1) % CLASSES)).ifPresent(told::add);
        }

        assertThat(told).singleElement().satisfies(decision -> {
            assertThat(decision.cause()).isEqualTo(Cause.ERROR_ROSE);
            assertThat(decision.numbers())
                    .containsEntry("labelBudgetFactor", 2.0)
                    .containsEntry("before", 0.0);
            SafetyDecision.Drift drift = (SafetyDecision.Drift) decision;
            assertThat(drift.keptFrames()).isEqualTo(500);
            assertThat(drift.labelsSince().orElseThrow()).isBetween(5, 20);
        });
        assertThat(watchdog.restraint(701)).isEqualTo(new Restraint(0, 0.8f + 0.05f, 69));
        label(watchdog, 40);
        assertThat(watchdog.restraint(701)).isEqualTo(new Restraint(1, 0.8f + 0.05f, 69));
        assertThat(watchdog.labelBudgetFactor(1_200)).isEqualTo(2);
        assertThat(watchdog.restraint(1_200).teacherHalfLifeSteps()).isEqualTo(69);
        assertThat(watchdog.restraint(1_201)).isEqualTo(new Restraint(1, 0, 69));
        assertThat(watchdog.restraint(700 + 9_000).teacherHalfLifeSteps()).isCloseTo(1_000 * Math.log(2), within(1e-6));
        assertThat(watchdog.labelBudgetFactor(1_201)).isEqualTo(1);
    }

    @Test
    void shouldGoOnByItselfWhenNoLabelEndsDoubt() {
        Watchdog watchdog = watchdog();
        label(watchdog, 100);
        long told = 0;
        for (int i = 0; i < 60 && told == 0; i++) {
            told = watchdog.scored(700, i % CLASSES, answer((i + 1) % CLASSES)).isPresent() ? 1 : 0;
        }

        assertThat(watchdog.restraint(5_700).unlabeledShare()).isZero();
        assertThat(watchdog.restraint(5_701).unlabeledShare()).isEqualTo(1);
    }

    /** No more mistakes than before, but sure ones: the teacher has begun to teach itself what is wrong. */
    @Test
    void shouldNoticeDriftWhenTheTeacherIsSureOfItsMistakes() {
        float[] sure = {4, 0, 0, 0}; // probability 0.95
        float[] unsure = {2, 0, 0, 0}; // 0.71, below the gate's floor of 0.8
        Watchdog watchdog = watchdog();
        List<SafetyDecision> told = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            watchdog.scored(700, 0, sure).ifPresent(told::add);
            watchdog.scored(700, i % 3 == 0 ? 1 : 0, unsure).ifPresent(told::add);
        }
        assertThat(told).isEmpty();
        int pairs = 0;
        for (; pairs < 30 && told.isEmpty(); pairs++) {
            watchdog.scored(700, pairs % 3 == 0 ? 1 : 0, sure).ifPresent(told::add);
            watchdog.scored(700, 0, unsure).ifPresent(told::add);
        }

        assertThat(pairs).isLessThanOrEqualTo(10);
        assertThat(told).singleElement().satisfies(decision -> {
            assertThat(decision.cause()).isEqualTo(Cause.SURE_ERROR_ROSE);
            assertThat(((SafetyDecision.Drift) decision).labelsSince()).hasValue(20);
        });
        assertThat(watchdog.restraint(701).unlabeledShare()).isZero();
    }

    private static List<SafetyDecision> compare(Watchdog watchdog, int frames, int differEvery) {
        List<SafetyDecision> told = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            float[][] teacher = {answer(0)};
            float[][] student = {answer(i % differEvery == 0 ? 1 : 0)};
            watchdog.compared(900, teacher, student).ifPresent(told::add);
        }
        return told;
    }

    @Test
    void shouldNoticeDriftWithoutLabelsWhenDisagreementRises() {
        Watchdog watchdog = watchdog();
        assertThat(compare(watchdog, 2_000, 12)).isEmpty();

        assertThat(compare(watchdog, 600, 3)).isNotEmpty().first().satisfies(decision -> {
            assertThat(decision.cause()).isEqualTo(Cause.DISAGREEMENT_ROSE);
            assertThat(decision.numbers().get("before")).isEqualTo(1 / 12.0, within(0.01));
        });
    }

    private static List<SafetyDecision> ask(Watchdog watchdog, int frames, int percent) {
        float[] sure = {4, 0, 0, 0}; // probability 0.95
        float[] unsure = {2, 0, 0, 0}; // 0.71, below the gate's floor of 0.8
        List<SafetyDecision> told = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            float[][] answer = {i * 37 % 100 < percent ? unsure : sure};
            watchdog.compared(900, answer, answer).ifPresent(told::add);
        }
        return told;
    }

    @Test
    void shouldNoticeDriftWithoutLabelsWhenTheTeacherIsUnsureOfMore() {
        Watchdog watchdog = watchdog();
        assertThat(ask(watchdog, 2_000, 30)).isEmpty();

        assertThat(ask(watchdog, 300, 80)).singleElement().satisfies(decision -> {
            assertThat(decision.cause()).isEqualTo(Cause.UNCERTAINTY_ROSE);
            assertThat(decision.numbers().get("before")).isEqualTo(0.3, within(0.01));
            assertThat(((SafetyDecision.Drift) decision).labelsSince()).hasValue(0);
        });
    }

    @Test
    void shouldNotTellWhenTheTeacherIsUnsureOfLittleMore() {
        Watchdog watchdog = watchdog();
        ask(watchdog, 20_000, 30);

        // The window is cut, as its own test shows, but a teacher's certainty may waver like this without a drift.
        assertThat(ask(watchdog, 20_000, 37)).isEmpty();
    }

    @Test
    void shouldNoticeNothingWhenItIsTurnedOff() {
        Watchdog watchdog = watchdog(
                "trainer.drift.disagreement.delta",
                "0",
                "trainer.drift.uncertainty.delta",
                "0",
                "trainer.drift.error.delta",
                "0",
                "trainer.collapse.steps",
                "0");
        label(watchdog, 100);

        assertThat(compare(watchdog, 2_000, 12)).isEmpty();
        assertThat(compare(watchdog, 2_000, 2)).isEmpty();
        assertThat(collapse(watchdog, 1)).isEmpty();
        for (int i = 0; i < 100; i++) {
            assertThat(watchdog.scored(1, 0, answer(1))).isEmpty();
        }
    }

    private static List<SafetyDecision> pseudoLabels(int steps, int... ofEach) {
        Watchdog watchdog = watchdog();
        label(watchdog, 200);
        List<SafetyDecision> told = new ArrayList<>();
        for (long step = 1; step <= steps; step++) {
            told.addAll(step(watchdog, step, SPREAD, ofEach));
        }
        return told;
    }

    @Test
    void shouldTellOfAClassThatDominatesAndOfOneThatIsAbsentAndRestoreNothing() {
        // Each class is a quarter of the labels, give or take 3 sqrt(0.25 * 0.75 / 200) = 0.0919.
        int[] dominated = {0, 0, 0, 0, 0, 0, 0, 1, 2, 3};
        int[] absent = {0, 0, 1, 1, 2, 2, -1, -1, -1, -1};
        int[] usual = {0, 0, 0, 0, 0, 1, 1, 2, 2, 3};

        assertThat(pseudoLabels(499, dominated)).isEmpty();
        assertThat(pseudoLabels(500, dominated))
                .extracting(SafetyDecision::cause)
                .containsExactly(Cause.CLASS_DOMINATES);
        assertThat(pseudoLabels(500, absent)).singleElement().satisfies(decision -> {
            assertThat(decision).isInstanceOf(SafetyDecision.Skew.class);
            assertThat(decision.cause()).isEqualTo(Cause.CLASS_ABSENT);
            assertThat(decision.numbers()).containsEntry("class", 3.0).containsEntry("share", 0.0);
        });
        assertThat(pseudoLabels(2_000, usual)).isEmpty();
    }

    @Test
    void shouldGoBackToWhatWasPromotedLast() {
        Watchdog watchdog = watchdog();
        assertThat(watchdog.promotedState()).isEqualTo(INITIAL);
        List<Tensor> better = List.of(Tensor.vector("student", 2));

        watchdog.promoted(better);

        Watchdog restored = watchdog();
        restored.restore(watchdog.state(), INITIAL, false);
        assertThat(restored.promotedState()).isEqualTo(better);
        Watchdog fromOlderCheckpoint = watchdog();
        fromOlderCheckpoint.restore(SafetyState.NONE, better, false);
        assertThat(fromOlderCheckpoint.promotedState()).isEqualTo(better);
    }

    @Test
    void shouldDecideAsIfUnbrokenWhenRestoredAtAnyStep() {
        for (int kill : new int[] {5, 119, 120, 133, 150, 239}) {
            List<String> unbroken = new ArrayList<>();
            List<String> killed = new ArrayList<>();
            Watchdog first = watchdog("trainer.collapse.pause.steps", "30");
            Watchdog second = watchdog("trainer.collapse.pause.steps", "30");
            for (int step = 1; step <= 240; step++) {
                live(first, step, unbroken);
                if (step == kill) {
                    SafetyState state = second.state();
                    second = watchdog("trainer.collapse.pause.steps", "30");
                    second.restore(state, INITIAL, false);
                }
                live(second, step, killed);
            }
            assertThat(killed).isEqualTo(unbroken);
            assertThat(unbroken).anyMatch(line -> line.contains("CONCENTRATED"));
            assertThat(unbroken).anyMatch(line -> line.contains("ERROR_ROSE"));
        }
    }

    /** Labels that are right for 60 steps and wrong for 60, then concentrated predictions. */
    private static void live(Watchdog watchdog, int step, List<String> told) {
        int label = step % CLASSES;
        boolean wrong = step > 60 && step <= 120;
        watchdog.scored(step, label, answer(wrong ? (label + 1) % CLASSES : label))
                .ifPresent(decision -> told.add(
                        step + " " + decision.cause() + decision.numbers().get("now")));
        step(watchdog, step, step > 120 ? ONE : SPREAD, label)
                .forEach(decision -> told.add(
                        step + " " + decision.cause() + decision.numbers().get("restores")));
        told.add(step + " " + watchdog.restraint(step));
    }

    @Test
    void shouldRefuseSettingsOutOfRange() {
        for (String[] bad : Arrays.asList(
                new String[] {"trainer.drift.error.delta", "NaN"},
                new String[] {"trainer.drift.threshold.rise", "0.6"},
                new String[] {"trainer.collapse.restores", "0"})) {
            assertThatThrownBy(() -> settings(Map.of(bad[0], bad[1]))).hasMessageContaining(bad[0]);
        }
    }
}
