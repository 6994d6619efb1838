package io.millrace.trainer.learn;

import static io.millrace.trainer.learn.Seen.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.trainer.model.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class GateTest {
    private static final GateSettings SETTINGS = new GateSettings(0.95f, 0.9f, 0.1f, 1, 1);

    @Test
    void shouldAcceptWhatReachesTheThresholdWhenFixMatchAsks() {
        Gate gate = new ConfidenceGate(0.75f);
        float[][] probabilities = {row(0.75f, 0.25f), row(0.26f, 0.74f), row(0.1f, 0.9f)};

        GateDecision decision = gate.decide(Seen.unlabeled(probabilities));

        assertThat(decision.weights()).containsExactly(1, 0, 1);
        assertThat(decision.reasons())
                .containsExactly(GateReason.ACCEPTED, GateReason.BELOW_THRESHOLD, GateReason.ACCEPTED);
        assertThat(decision.pseudoLabels()).containsExactly(0, -1, 1);
        assertThat(decision.targets()[2]).containsExactly(0, 1);
        assertThat(decision.maskRate()).isEqualTo(2f / 3);
    }

    @Test
    void shouldRefuseEverythingThatIsNotANumberWhenFixMatchAsks() {
        GateDecision decision = new ConfidenceGate(0).decide(Seen.unlabeled(row(Float.NaN, Float.NaN)));

        assertThat(decision.pseudoLabels()).containsExactly(-1);
    }

    @Test
    void shouldAlignAndAskForAShareOfTheLabeledConfidenceWhenAdaMatchAsks() {
        Gate gate = new AlignedGate(SETTINGS, 2);
        // Labeled: mean (0.5, 0.5), mean confidence 0.8. Unlabeled: mean (0.75, 0.25).
        float[][] labeled = {row(0.8f, 0.2f), row(0.2f, 0.8f)};
        float[][] unlabeled = {row(0.9f, 0.1f), row(0.6f, 0.4f)};

        GateDecision decision = gate.decide(Seen.of(unlabeled, labeled));

        // First aligned: 0.9*0.5/0.75 = 0.6 against 0.1*0.5/0.25 = 0.2 -> 0.75. Second: 0.4 against 0.8 -> 2/3.
        assertThat(decision.threshold()).isCloseTo(0.72f, within(1e-6f));
        assertThat(decision.pseudoLabels()).containsExactly(0, -1);
        assertThat(decision.targets()[1]).containsExactly(0, 1);
    }

    @Test
    void shouldAverageByHalfLifeWhenAdaMatchSeesMore() {
        Gate gate = new AlignedGate(SETTINGS, 2);
        gate.decide(Seen.of(new float[][] {row(0.9f, 0.1f)}, new float[][] {row(0.8f, 0.2f)}));

        gate.decide(Seen.of(new float[][] {row(0.5f, 0.5f)}, new float[][] {row(0.4f, 0.6f)}));

        // Half-life 1 and warm-up both keep one half at the second update.
        List<Tensor> state = gate.state();
        assertThat(state.get(0).values()).containsExactly(new float[] {0.6f, 0.4f}, within(1e-6f));
        assertThat(state.get(1).values()).containsExactly(new float[] {0.7f, 0.3f}, within(1e-6f));
        assertThat(state.get(2).values()).containsExactly(new float[] {0.7f, 2}, within(1e-6f));
    }

    @Test
    void shouldKeepTheThresholdBetweenFloorAndCeilingWhenAdaMatchAsks() {
        GateSettings settings = new GateSettings(0.95f, 0.9f, 0.6f, 0.7f, 10);
        float[][] sure = {row(0.99f, 0.01f)};
        float[][] unsure = {row(0.5f, 0.5f)};

        assertThat(new AlignedGate(settings, 2).decide(Seen.of(sure, sure)).threshold())
                .isEqualTo(0.7f);
        assertThat(new AlignedGate(settings, 2).decide(Seen.of(sure, unsure)).threshold())
                .isEqualTo(0.6f);
    }

    @Test
    void shouldDecideAlikeWhenAStateIsRestored() {
        float[][] unlabeled = {row(0.9f, 0.1f), row(0.6f, 0.4f)};
        float[][] labeled = {row(0.7f, 0.3f)};
        Gate gate = new AlignedGate(SETTINGS, 2);
        gate.decide(Seen.of(unlabeled, labeled));
        Gate restored = new AlignedGate(SETTINGS, 2);

        restored.restore(gate.state());

        GateDecision expected = gate.decide(Seen.of(labeled, unlabeled));
        GateDecision got = restored.decide(Seen.of(labeled, unlabeled));
        assertThat(got.threshold()).isEqualTo(expected.threshold());
        assertThat(got.targets()).isDeepEqualTo(expected.targets());
        assertThat(restored.state().get(1).values())
                .containsExactly(gate.state().get(1).values());
    }

    @Test
    void shouldRefuseStatesOfOthersWhenRestored() {
        List<Tensor> ofThree = new AlignedGate(SETTINGS, 3).state();

        assertThatThrownBy(() -> new AlignedGate(SETTINGS, 2).restore(ofThree))
                .hasMessageContaining("labeled.mean: expected shape [2], got [3]");
        assertThatThrownBy(() -> new ConfidenceGate(1).restore(ofThree)).hasMessageContaining("unexpected tensors");
    }

    @Test
    void shouldAlignToTheSharesOfFreshLabelsWhenTheyAreThere() {
        float[][] unlabeled = {row(0.6f, 0.4f)};
        ClassPrior prior = () -> new float[] {0.2f, 0.8f};

        GateDecision aligned = new Alignment.Before(
                        new Alignment(1, 2, prior), AlignmentUse.TARGET, new SoftTargetGate(0, 1))
                .decide(Seen.unlabeled(unlabeled));
        GateDecision ofAdaMatch =
                new AlignedGate(SETTINGS, 2, prior).decide(Seen.of(unlabeled, new float[][] {row(0.9f, 0.1f)}));

        // Mean (0.6, 0.4) is its own, so what is left is the prior.
        assertThat(aligned.targets()[0]).containsExactly(new float[] {0.2f, 0.8f}, within(1e-5f));
        assertThat(ofAdaMatch.targets()[0]).containsExactly(0, 1);
        assertThat(new AlignedGate(SETTINGS, 2, ClassPrior.USUAL)
                        .decide(Seen.of(unlabeled, new float[][] {row(0.9f, 0.1f)}))
                        .targets()[0])
                .containsExactly(1, 0);
    }

    @Test
    void shouldRefuseWeightsOutsideZeroToOneWhenDecided() {
        assertThatThrownBy(() ->
                        new GateDecision(new float[1][], new float[] {Float.NaN}, List.of(GateReason.ACCEPTED), 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
