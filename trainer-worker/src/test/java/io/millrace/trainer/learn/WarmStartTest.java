package io.millrace.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class WarmStartTest {
    private static final PseudoLabelSchedule SCHEDULE = new PseudoLabelSchedule(2, 4, 2);
    private static final GateRules RULES = new GateRules(2, 10, 100, 0, 1, 0, 0);

    private final FreshLabels labels = new FreshLabels(100, 2);
    private final WarmStart start = new WarmStart(SCHEDULE, RULES, labels);

    @Test
    void shouldWaitForStepsThenLabelsThenAccuracyWhenTheyComeInTurn() {
        labels.add(0);
        labels.add(1);
        assertThat(start.waitsFor(2)).isEqualTo(GateReason.WARM_START);
        assertThat(start.waitsFor(3)).isEqualTo(GateReason.FEW_LABELS);
        labels.add(0, true);
        labels.add(1, true);
        // 2 of 2: bound 2 / (2 + 1.645^2) = 0.42, most common class (1 + 1) / (2 + 2) = 0.5.
        assertThat(start.waitsFor(4)).isEqualTo(GateReason.INACCURATE);
        labels.add(0, true);
        labels.add(1, true);
        // 4 of 4: 4 / 6.706 = 0.60 against (2 + 1) / (4 + 2) = 0.5.
        assertThat(start.weightAt(4)).isZero();
        assertThat(start.waitsFor(5)).isNull();
        assertThat(start.weightAt(5)).isEqualTo(0.5f);
        assertThat(start.weightAt(6)).isEqualTo(1);
        assertThat(start.weightAt(1_000)).isEqualTo(2);
    }

    @Test
    void shouldStayOpenWhenTheTeacherGetsWorse() {
        for (int i = 0; i < 10; i++) {
            labels.add(i % 2, true);
        }
        assertThat(start.waitsFor(3)).isNull();
        for (int i = 0; i < 300; i++) {
            labels.add(0, false);
        }
        assertThat(labels.accuracyBound()).isLessThan(labels.majority());
        assertThat(start.waitsFor(4)).isNull();
    }

    @Test
    void shouldWaitNoLongerWhenItWaitedForTheMostSteps() {
        labels.add(0);
        assertThat(start.waitsFor(10)).isEqualTo(GateReason.FEW_LABELS);
        assertThat(start.waitsFor(11)).isNull();
        assertThat(start.weightAt(11)).isEqualTo(0.5f);
    }

    @Test
    void shouldCountStepsAloneWhenNobodyTellsOfLabels() {
        assertThat(start.waitsFor(2)).isEqualTo(GateReason.WARM_START);
        assertThat(start.waitsFor(3)).isNull();
    }

    @Test
    void shouldNotWaitForAClassWhenItHasNoLabel() {
        labels.add(0, true);
        labels.add(0, true);
        // One class alone is as good as always naming it.
        assertThat(start.waitsFor(3)).isEqualTo(GateReason.INACCURATE);
    }

    @Test
    void shouldGoOnWithItsRampWhenRestored() {
        labels.add(0);
        start.waitsFor(11);
        WarmStart restored = new WarmStart(SCHEDULE, RULES, labels);

        restored.restore(start.state());

        assertThat(restored.waitsFor(12)).isNull();
        assertThat(restored.weightAt(12)).isEqualTo(1);
    }

    @Test
    void shouldGoOnAsStepsSayWhenACheckpointKnowsNothingElse() {
        labels.add(0);
        start.restoreFrom(5);

        assertThat(start.waitsFor(6)).isNull();
        assertThat(start.weightAt(6)).isEqualTo(2);
        WarmStart early = new WarmStart(SCHEDULE, RULES, labels);
        early.restoreFrom(2);
        assertThat(early.waitsFor(3)).isEqualTo(GateReason.FEW_LABELS);
    }

    @Test
    void shouldKnowSharesOnlyFromEnoughLabelsWhenFramesPass() {
        for (int i = 0; i < 199; i++) {
            labels.add(i < 150 ? 0 : 1);
        }
        assertThat(labels.prior()).isNull();
        labels.add(1);
        // One more of each: 151 and 51 of 202.
        assertThat(labels.prior()).containsExactly(new float[] {151f / 202, 51f / 202}, within(1e-6f));
        labels.passed(1);
        assertThat(labels.prior()).isNull();
    }

    @Test
    void shouldBoundTheAccuracyWhenLabelsAreFew() {
        assertThat(labels.accuracyBound()).isZero();
        labels.add(0, true);
        // Wilson, 1 of 1: 1 / (1 + 1.645^2).
        assertThat(labels.accuracyBound()).isCloseTo(1 / 3.706025, within(1e-6));
        assertThat(labels.majority()).isCloseTo(2.0 / 3, within(1e-6));
        labels.add(0, false);
        assertThat(labels.accuracyBound()).isBetween(0.0, 0.2);
    }

    @Test
    void shouldSayTheSameWhenLabelsAreRestored() {
        for (int i = 0; i < 250; i++) {
            labels.add(i % 2, i % 3 > 0);
        }
        labels.passed(3);
        FreshLabels restored = new FreshLabels(100, 2);

        restored.restore(labels.state());

        assertThat(restored.prior()).isNotNull().isEqualTo(labels.prior());
        assertThat(restored.accuracyBound()).isEqualTo(labels.accuracyBound()).isPositive();
        assertThat(restored.majority()).isEqualTo(labels.majority());
        assertThat(restored.haveOfEachClass(125)).isTrue();
        assertThat(restored.haveOfEachClass(126)).isFalse();
    }
}
