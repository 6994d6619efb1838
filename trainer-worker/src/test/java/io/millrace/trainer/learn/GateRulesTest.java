package io.millrace.trainer.learn;

import static io.millrace.trainer.learn.Seen.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The gates' rules against values worked out by hand. Half-life 1, so a second update keeps one half. */
class GateRulesTest {
    private static final Offset<Float> NEAR = within(1e-4f);

    private static GateSettings floor(float floor) {
        return new GateSettings(0.9f, 0.9f, floor, 1, 1);
    }

    private static LearnSettings settings() {
        return LearnSettingsTest.with(
                Map.of("trainer.gate.half.life.steps", "1", "trainer.gate.confidence.threshold", "0.5"));
    }

    @Test
    void shouldWeighByATruncatedGaussianWhenSoftMatchDecides() {
        // Mean of rows (0.5, 0.5), so alignment changes nothing. Confidence 0.9 0.9 0.6 0.6: mean 0.75,
        // variance 4 * 0.15^2 / 3 = 0.03. Weight of 0.6: exp(-0.15^2 / (2 * 0.03 / 4)) = exp(-1.5) = 0.22313.
        GateDecision decision = new SoftWeightGate(1, 2)
                .decide(Seen.unlabeled(row(0.9f, 0.1f), row(0.1f, 0.9f), row(0.6f, 0.4f), row(0.4f, 0.6f)));

        assertThat(decision.weights()).containsExactly(new float[] {1, 1, 0.22313f, 0.22313f}, NEAR);
        assertThat(decision.threshold()).isCloseTo(0.75f, NEAR);
        assertThat(decision.pseudoLabels()).containsExactly(0, 1, 0, 1);
    }

    @Test
    void shouldKeepTheLabelWhenSoftMatchAligns() {
        // Mean (0.75, 0.25): the second row is aligned to (1/3, 2/3), which changes its weight, not its label.
        GateDecision decision = new SoftWeightGate(1, 2).decide(Seen.unlabeled(row(0.9f, 0.1f), row(0.6f, 0.4f)));

        assertThat(decision.targets()[1]).containsExactly(1, 0);
    }

    @Test
    void shouldSpareTheStudentHopelessSamplesWhenSoftMatchDecides() {
        // Confidence 1 nine times and 0.5 once, mean 0.95, variance 0.025: exp(-0.45^2 / 0.0125) is 1e-7.
        float[][] rows = new float[10][];
        for (int i = 0; i < 10; i++) {
            rows[i] = i == 0 ? row(0.5f, 0.5f) : i % 2 == 0 ? row(1, 0) : row(0, 1);
        }

        GateDecision decision = new SoftWeightGate(1, 2).decide(Seen.unlabeled(rows));

        assertThat(decision.accepts(0)).isFalse();
        assertThat(decision.reasons().get(0)).isEqualTo(GateReason.BELOW_THRESHOLD);
    }

    @Test
    void shouldAlignWeightOrLabelWhenAsked() {
        // Mean (0.75, 0.25). First row: 1.2 to 0.4 = (0.75, 0.25). Second: 0.8 to 1.6 = (1/3, 2/3).
        Predictions seen = Seen.unlabeled(row(0.9f, 0.1f), row(0.6f, 0.4f));
        GateDecision weight = aligned(AlignmentUse.WEIGHT).decide(seen);
        GateDecision target = aligned(AlignmentUse.TARGET).decide(seen);

        assertThat(weight.weights()).containsExactly(1, 0);
        assertThat(target.weights()).containsExactly(1, 0);
        assertThat(weight.targets()[1]).containsExactly(1, 0);
        assertThat(target.targets()[1]).containsExactly(0, 1);
    }

    private static Gate aligned(AlignmentUse use) {
        return new Alignment.Before(new Alignment(1, 2), use, new ConfidenceGate(0.7f));
    }

    @Test
    void shouldAskEachClassForItsOwnWhenFreeMatchDecides() {
        // Mean confidence 0.76667, mean probabilities (0.63333, 0.36667): class 0 asks for 0.76667, class 1 for
        // 0.76667 * 0.36667 / 0.63333 = 0.44386.
        Predictions seen = Seen.unlabeled(row(0.9f, 0.1f), row(0.7f, 0.3f), row(0.3f, 0.7f));
        SelfAdaptiveGate gate = new SelfAdaptiveGate(floor(0.1f), 2);

        assertThat(gate.decide(seen).pseudoLabels()).containsExactly(0, -1, 1);
        assertThat(gate.labelShares()).containsExactly(new float[] {2f / 3, 1f / 3}, NEAR);
        assertThat(new SelfAdaptiveGate(floor(0.75f), 2).decide(seen).pseudoLabels())
                .containsExactly(0, -1, -1);
    }

    @Test
    void shouldAskLessOfAClassThatIsLearnedLessWhenFlexMatchDecides() {
        // Confident (0.9): two of class 0, one of class 1, one of none. beta = (1, 0.5): class 1 asks for
        // 0.9 * 0.5 / 1.5 = 0.3, class 0 for 0.9.
        Predictions seen = Seen.unlabeled(row(0.95f, 0.05f), row(0.92f, 0.08f), row(0.05f, 0.95f), row(0.45f, 0.55f));

        assertThat(new CurriculumGate(floor(0.1f), 2).decide(seen).pseudoLabels())
                .containsExactly(0, 0, 1, 1);
        assertThat(new CurriculumGate(floor(0.6f), 2).decide(seen).pseudoLabels())
                .containsExactly(0, 0, 1, -1);
    }

    @Test
    void shouldForgetByHalfLifeWhenFlexMatchCounts() {
        CurriculumGate gate = new CurriculumGate(floor(0.1f), 2);
        gate.decide(Seen.unlabeled(row(1, 0)));
        gate.decide(Seen.unlabeled(row(0, 1)));
        gate.decide(Seen.unlabeled(row(0, 1)));

        // (1, 0, 0), then halves: (0.5, 0.5, 0), (0.25, 0.75, 0), after 3 updates.
        assertThat(gate.state().get(0).values()).containsExactly(new float[] {0.25f, 0.75f, 0, 3}, NEAR);
    }

    @Test
    void shouldSharpenWhenUdaDecides() {
        // T = 0.5 squares: 0.64 / (0.64 + 0.04) = 0.94118.
        GateDecision decision =
                new SoftTargetGate(0.75f, 0.5f).decide(Seen.unlabeled(row(0.8f, 0.2f), row(0.7f, 0.3f)));

        assertThat(decision.targets()[0]).containsExactly(new float[] {0.94118f, 0.05882f}, NEAR);
        assertThat(decision.weights()).containsExactly(1, 0);
    }

    @Test
    void shouldAverageTheViewsWhenThereAreTwo() {
        float ln3 = (float) Math.log(3);
        List<float[][]> outputs = List.<float[][]>of(new float[][] {{0, 0}, {ln3, 0}});

        Predictions seen = Predictions.of(Seen.batch(1, 1, 1), outputs, Method.WeakViews.UNLABELED_TWICE);

        assertThat(seen.unlabeled()[0]).containsExactly(new float[] {0.625f, 0.375f}, NEAR);
    }

    @Test
    void shouldTeachWhatWasSaidBeforeWhenEnsembling() {
        // Z = 0.4 (0.8, 0.2), corrected by 1 - 0.6: (0.8, 0.2). Then Z0 = 0.6 * 0.32 + 0.4 * 0.6 = 0.432,
        // corrected by 1 - 0.36: 0.675.
        Gate gate = new SlotEnsembleGate(10, 2);

        GateDecision first = gate.decide(Seen.unlabeled(row(0.8f, 0.2f)));
        GateDecision second = gate.decide(Seen.unlabeled(row(0.6f, 0.4f)));
        GateDecision third = gate.decide(Seen.unlabeled(row(0, 1)));

        assertThat(first.reasons()).containsExactly(GateReason.NO_HISTORY);
        assertThat(second.targets()[0]).containsExactly(new float[] {0.8f, 0.2f}, NEAR);
        assertThat(third.targets()[0]).containsExactly(new float[] {0.675f, 0.325f}, NEAR);
    }

    @Test
    void shouldWantTwoOfThreeFramesToAgreeWhenFramesAreConsecutive() {
        float[] zero = row(1, 0);
        float[] one = row(0, 1);
        Gate gate = new TemporalAgreementGate(new ConfidenceGate(0.9f), 10);

        GateDecision fresh = gate.decide(Seen.unlabeled(zero, one, zero, zero, one, one));

        assertThat(fresh.pseudoLabels()).containsExactly(-1, -1, 0, 0, -1, 1);
        assertThat(fresh.reasons().get(0)).isEqualTo(GateReason.NO_AGREEMENT);
        // Replayed: u0 agreed with nothing, u2 with class 0.
        TrainingBatch batch = Seen.batch(2, 3, 1);
        TrainingBatch replayed = new TrainingBatch(2, batch.labeled(), batch.unlabeled(), 0);
        assertThat(gate.decide(Predictions.of(replayed, new float[][] {zero, zero, zero}, new float[0][]))
                        .pseudoLabels())
                .containsExactly(-1, -1, 0);
        assertThat(gate.decide(Predictions.of(replayed, new float[][] {zero, zero, one}, new float[0][]))
                        .pseudoLabels())
                .containsExactly(-1, -1, -1);
    }

    @Test
    void shouldTellSourcesApartWhenFramesAreConsecutive() {
        Gate gate = new TemporalAgreementGate(new ConfidenceGate(0.9f), 10);
        TrainingBatch batch = Seen.batch(1, 2, 1);
        List<Sample> two =
                List.of(batch.unlabeled().get(0), new Sample("other", "camera-2", new float[] {0}, Sample.UNLABELED));

        GateDecision decision = gate.decide(Predictions.of(
                new TrainingBatch(1, batch.labeled(), two, 2), new float[][] {row(1, 0), row(1, 0)}, new float[0][]));

        assertThat(decision.pseudoLabels()).containsExactly(-1, -1);
    }

    @Test
    void shouldSmoothBySimilarSamplesWhenCoMatchDecides() {
        // In memory: (1, 0) saying (0.5, 0.5), and the labeled (0, 1) saying class 0. At (0, 1) the similarities are
        // e^0 and e^5, shares 0.00669 and 0.99331: others (0.99665, 0.00335), q0 = 0.9 * 0.5 + 0.1 * 0.99665.
        Gate gate = new MemorySmoothedGate(settings(), 2, 2);
        gate.decide(Seen.withHead(new float[][] {row(0.5f, 0.5f)}, 1, row(3, 0), row(0, 2)));

        GateDecision decision = gate.decide(Seen.withHead(new float[][] {row(0.5f, 0.5f)}, 1, row(0, 7), row(0, 1)));

        assertThat(decision.targets()[0]).containsExactly(new float[] {0.54967f, 0.45033f}, NEAR);
        assertThat(decision.weights()).containsExactly(1);
        assertThat(gate.state().get(1).shape()).containsExactly(4, 4);
    }

    @Test
    void shouldCorrectLabelsBySimilaritiesWhenSimMatchDecides() {
        // Labeled: (1, 0) of class 0, (0, 1) of class 1. At 45 degrees both are alike, s = (0.5, 0.5): the instance
        // target is (0.2, 0.8), the class target 0.9 * 0.2 + 0.1 * 0.5 = 0.23.
        SimilarityGate gate = new SimilarityGate(settings(), 2, 2);
        float[][] unlabeled = {row(0.2f, 0.8f), row(0.8f, 0.2f)};
        gate.decide(Seen.withHead(unlabeled, 2, row(1, 1), row(1, 1), row(5, 0), row(0, 5)));

        GateDecision decision = gate.decide(Seen.withHead(unlabeled, 2, row(1, 1), row(9, 0), row(0, 1), row(0, 1)));

        assertThat(gate.instanceTargets()[0]).containsExactly(new float[] {0.2f, 0.8f}, NEAR);
        assertThat(decision.targets()[0]).containsExactly(new float[] {0.23f, 0.77f}, NEAR);
        // The second lies on the first labeled one: s = softmax(10, 0).
        assertThat(decision.targets()[1][0]).isCloseTo(0.9f * 0.8f + 0.1f * 0.99995f, NEAR);
        // (1, 0) moves by 0.3 towards (0, 1): (0.7, 0.3) / 0.76158.
        gate.decide(Seen.withHead(unlabeled, 2, row(1, 1), row(1, 1), row(1, 0), row(1, 0)));
        assertThat(gate.anchors()[0]).containsExactly(new float[] {0.91915f, 0.39392f, 0}, NEAR);
    }

    @Test
    void shouldLeaveOutTheRivalsWhenShrinkMatchDecides() {
        // 0.6 / (0.6 + 0.15) = 0.8 without class 1; without classes 1 and 2 it is 0.6 / 0.65 = 0.92 >= 0.9.
        assertThat(ShrinkingGate.left(row(0.6f, 0.25f, 0.1f, 0.05f), 0.9f)).containsExactly(true, false, false, true);

        ShrinkingGate gate = new ShrinkingGate(floor(0));
        GateDecision decision = gate.decide(Seen.unlabeled(row(0.95f, 0.05f, 0, 0), row(0.6f, 0.25f, 0.1f, 0.05f)));
        // One of two was accepted, so the other counts 0.6 * 0.5.
        assertThat(decision.weights()).containsExactly(1, 0);
        assertThat(gate.shrunkWeights()).containsExactly(new float[] {0, 0.3f}, NEAR);
    }

    @Test
    void shouldTellUnknownFromUnsureWhenIoMatchDecides() {
        // Mean (0.5, 0.5), so alignment changes nothing. First: q = (0.98 * 1, 0.02 * 0.5, 0.01). Second: q = (0.02 *
        // 0.5, 0.98 * 0, 0.99).
        OpenSetGate gate = new OpenSetGate(floor(0), 2);
        GateDecision decision = gate.decide(Seen.behindAnother(Seen.withHead(
                new float[][] {row(0.98f, 0.02f), row(0.02f, 0.98f)}, 1, row(30, 0), row(0, -30), row(0, 0))));

        assertThat(decision.reasons()).containsExactly(GateReason.ACCEPTED, GateReason.UNKNOWN);
        assertThat(gate.openTargets()[0]).containsExactly(new float[] {0.98f, 0.01f, 0.01f}, NEAR);
        assertThat(gate.openTargets()[1]).containsExactly(new float[] {0.01f, 0, 0.99f}, NEAR);
        assertThat(decision.pseudoLabels()).containsExactly(0, -1);
        assertThat(decision.shows(1)).isTrue();
    }

    @Test
    void shouldDropCommonClassesWhenBalancing() {
        // Three of class 0, one of class 1: class 0 teaches one time in three.
        BalancingGate gate = new BalancingGate(settings(), 2);
        float[][] any = {row(0.4f, 0.6f), row(0.4f, 0.6f), row(0.4f, 0.6f), row(0.4f, 0.6f)};
        GateDecision decision =
                gate.decide(Seen.withHead(any, 1, row(9, 0), row(9, 0), row(9, 0), row(0, 9), row(0, 0)));

        assertThat(gate.chance(0)).isCloseTo(1f / 3, NEAR);
        assertThat(gate.chance(1)).isEqualTo(1);
        assertThat(gate.teaches(3)).isTrue();
        assertThat(gate.balancedTargets()[3][1]).isCloseTo(0.99988f, NEAR);
        assertThat(decision.pseudoLabels()).containsExactly(1, 1, 1, 1);
    }
}
