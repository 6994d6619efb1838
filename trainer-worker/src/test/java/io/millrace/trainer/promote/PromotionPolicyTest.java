package io.millrace.trainer.promote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.trainer.evaluate.Evaluation;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PromotionPolicyTest {
    private final PromotionPolicy policy = new PromotionPolicy(new PromotionBounds(0, 0.05));

    /** Right on the samples from {@code from} to {@code to}, one class. */
    private static Evaluation right(int samples, int from, int to) {
        BitSet correct = new BitSet();
        correct.set(from, to);
        return new Evaluation(
                samples, correct, List.of((to - from) / (double) samples), List.of(Math.min(samples, 29)), 0.02);
    }

    @Test
    void shouldKeepTheChampionWhenThereIsNoHoldoutLabel() {
        assertThat(policy.decide(right(0, 0, 0), right(0, 0, 0))).isInstanceOf(Decision.Keep.class);
    }

    @Test
    void shouldPromoteAnEqualOnTwentyLabels() {
        assertThat(policy.decide(right(20, 0, 15), right(20, 1, 16))).isInstanceOf(Decision.Promote.class);
    }

    @Test
    void shouldPromoteOverAnUntrainedChampionOnFiveLabels() {
        assertThat(policy.decide(right(5, 0, 1), right(5, 1, 4))).isInstanceOf(Decision.Promote.class);
    }

    @Test
    void shouldKeepTheChampionWhenFiveOfTwentyAreLostAndNoneWon() {
        Decision decision = policy.decide(right(20, 0, 15), right(20, 0, 10));

        assertThat(decision).isInstanceOf(Decision.Keep.class);
        assertThat(decision.cause()).isEqualTo(Decision.Cause.SIGNIFICANTLY_WORSE);
        assertThat(decision.reason()).startsWith("significantly worse").contains("won 0, lost 5");
    }

    @Test
    void shouldPromoteWhenFourOfTwentyAreLostBecauseThatIsNotSignificant() {
        assertThat(policy.decide(right(20, 0, 15), right(20, 0, 11))).isInstanceOf(Decision.Promote.class);
    }

    @Test
    void shouldKeepTheChampionOnTwoThousandLabelsWhenTheLossMayExceedOnePoint() {
        // 40 won, 46 lost: far from significant, but the lower bound is -0.0106.
        Evaluation champion = right(2_000, 0, 1_600);
        Evaluation challenger = right(2_000, 46, 1_640);

        assertThat(policy.decide(champion, challenger).reason()).startsWith("not shown to be within 0.01");
    }

    @Test
    void shouldPromoteOnTwoThousandLabelsWhenTheModelsHardlyDisagree() {
        assertThat(policy.decide(right(2_000, 0, 1_600), right(2_000, 2, 1_602)))
                .isInstanceOf(Decision.Promote.class);
    }

    @Test
    void shouldKeepTheChampionWhenTheChallengerIsBelowTheFloorThoughBetter() {
        PromotionPolicy strict = new PromotionPolicy(new PromotionBounds(0.7, 0.05));

        Decision below = strict.decide(right(20, 0, 2), right(20, 0, 13));

        assertThat(below.cause()).isEqualTo(Decision.Cause.ACCURACY_FLOOR);
        assertThat(below.reason()).startsWith("below 0.7: 0.650 against 0.100");
        assertThat(strict.decide(right(20, 0, 2), right(20, 0, 14))).isInstanceOf(Decision.Promote.class);
    }

    /** Both right on the same 800 of each 1,000, with calibration errors of their own. */
    private Decision calibrated(int labels, double champion, double challenger) {
        BitSet correct = new BitSet();
        correct.set(0, labels * 8 / 10);
        return policy.decide(
                new Evaluation(labels, correct, List.of(0.8), List.of(labels), champion),
                new Evaluation(labels, correct, List.of(0.8), List.of(labels), challenger));
    }

    @Test
    void shouldKeepTheChampionWhenConfidencesAreFurtherOffThanIsAllowed() {
        Decision decision = calibrated(1_000, 0.04, 0.055);

        assertThat(decision.cause()).isEqualTo(Decision.Cause.CALIBRATION_BOUND);
        assertThat(decision.reason()).startsWith("calibration error 0.055 is above 0.05");
    }

    @Test
    void shouldPromoteWhenTheChampionIsFurtherOffStill() {
        assertThat(calibrated(1_000, 0.08, 0.07)).isInstanceOf(Decision.Promote.class);
    }

    @Test
    void shouldAskForNoBoundWhenLabelsAreTooFewToMeasureIt() {
        assertThat(calibrated(999, 0.04, 0.055)).isInstanceOf(Decision.Promote.class);
    }

    @Test
    void shouldKeepTheChampionWhenOneClassLosesRecall() {
        BitSet champion = new BitSet();
        champion.set(0, 80);
        BitSet challenger = new BitSet();
        challenger.set(2, 82);
        Evaluation before = new Evaluation(100, champion, List.of(0.8, 0.8), List.of(50, 50), 0);
        Evaluation after = new Evaluation(100, challenger, List.of(0.7, 0.9), List.of(50, 50), 0);

        assertThat(policy.decide(before, after).reason()).startsWith("recall of class 0 drops");
    }

    @Test
    void shouldKeepTheChampionWhenCalibrationGetsWorse() {
        BitSet correct = new BitSet();
        correct.set(0, 200);
        Evaluation before = new Evaluation(250, correct, List.of(0.8), List.of(250), 0.02);
        Evaluation after = new Evaluation(250, correct, List.of(0.8), List.of(250), 0.05);

        assertThat(policy.decide(before, after).reason()).startsWith("calibration error grows from 0.020 to 0.050");
    }

    @Test
    void shouldRefuseToCompareDifferentHoldouts() {
        assertThatThrownBy(() -> policy.decide(right(10, 0, 5), right(11, 0, 5)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldMatchTheBinomialTailsThatAreKnown() {
        assertThat(PromotionPolicy.atLeast(5, 5)).isEqualTo(1 / 32.0, within(1e-12));
        assertThat(PromotionPolicy.atLeast(4, 5)).isEqualTo(6 / 32.0, within(1e-12));
        assertThat(PromotionPolicy.atLeast(0, 0)).isEqualTo(1);
        assertThat(PromotionPolicy.atLeast(500, 1_000)).isEqualTo(0.5126, within(1e-4));
    }

    @Test
    void shouldNoticeTheStatedLossFourTimesInFive() {
        // 500 labels, 10 % disagree: the documented loss is 3.5 points. Simulated with that true loss.
        int labels = 500;
        double loss = PromotionPolicy.detectableLoss(labels, 50);
        SplittableRandom random = new SplittableRandom(3);
        int noticed = 0;
        for (int run = 0; run < 2_000; run++) {
            int lost = 0;
            int won = 0;
            for (int i = 0; i < labels; i++) {
                double draw = random.nextDouble();
                lost += draw < 0.05 + loss / 2 ? 1 : 0;
                won += draw > 1 - (0.05 - loss / 2) ? 1 : 0;
            }
            noticed += PromotionPolicy.atLeast(lost, won + lost) < 0.05 ? 1 : 0;
        }

        assertThat(loss).isEqualTo(0.0352, within(0.0005));
        assertThat(noticed / 2_000.0).isBetween(0.70, 0.90);
    }

    @Test
    void shouldShowTheSamplesOfAnEmptyClassAsUnknown() {
        Evaluation evaluation = Evaluation.of(new double[][] {{0.9, 0.1}}, new int[] {0}, 2);

        assertThat(evaluation.recalls().get(0)).isEqualTo(1);
        assertThat(evaluation.recalls().get(1)).isNaN();
        assertThat(evaluation.samplesByClass()).isEqualTo(List.of(1, 0));
        assertThat(Collections.frequency(evaluation.recalls(), 1.0)).isEqualTo(1);
    }
}
