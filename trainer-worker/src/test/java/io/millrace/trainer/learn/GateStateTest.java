package io.millrace.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.trainer.model.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every gate that remembers: what it remembers matters, and comes back. */
class GateStateTest {
    private static final int CLASSES = 3;
    private static final GateSettings GATE = new GateSettings(0.8f, 0.9f, 0, 1, 20);
    private static final LearnSettings SETTINGS = LearnSettingsTest.with(Map.of(
            "trainer.gate.confidence.threshold", "0.6",
            "trainer.gate.half.life.steps", "20"));

    static Stream<Arguments> gates() {
        return Stream.of(
                gate("adamatch", () -> new AlignedGate(GATE, CLASSES)),
                gate("softmatch", () -> new SoftWeightGate(20, CLASSES)),
                gate("freematch", () -> new SelfAdaptiveGate(GATE, CLASSES)),
                gate("flexmatch", () -> new CurriculumGate(new GateSettings(0.7f, 1, 0, 1, 20), CLASSES)),
                gate("temporal-ensembling", () -> new SlotEnsembleGate(20, CLASSES)),
                gate("comatch", () -> new MemorySmoothedGate(SETTINGS, CLASSES, CLASSES)),
                gate("simmatch", () -> new SimilarityGate(SETTINGS, CLASSES, CLASSES)),
                gate("iomatch", () -> new OpenSetGate(GATE, CLASSES)),
                gate("abc", () -> new BalancingGate(SETTINGS, CLASSES)),
                gate(
                        "alignment",
                        () -> new Alignment.Before(
                                new Alignment(20, CLASSES), AlignmentUse.TARGET, new SoftTargetGate(0.5f, 1))),
                gate("agreement", () -> new TemporalAgreementGate(new ConfidenceGate(0.4f), 20)));
    }

    private static Arguments gate(String name, Supplier<Gate> made) {
        return Arguments.of(name, made);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("gates")
    void shouldDecideAlikeWhenAStateIsRestored(String name, Supplier<Gate> made) {
        Gate gate = made.get();
        for (int i = 0; i < 5; i++) {
            gate.decide(random(i));
        }
        Gate restored = made.get();
        restored.restore(gate.state());

        String expected = "";
        String got = "";
        String without = "";
        Gate fresh = made.get();
        for (int i = 5; i < 8; i++) {
            expected += said(gate.decide(random(i)));
            got += said(restored.decide(random(i)));
            without += said(fresh.decide(random(i)));
        }

        assertThat(got).isEqualTo(expected).isNotEqualTo(without);
        assertThat(values(restored)).isEqualTo(values(gate));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("gates")
    void shouldRefuseAStateWhenATensorIsMissing(String name, Supplier<Gate> made) {
        Gate gate = made.get();
        gate.decide(random(0));
        List<Tensor> state = gate.state();

        assertThatThrownBy(() -> made.get().restore(state.subList(1, state.size())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(state.get(0).name());
    }

    /** Ten unlabeled samples, the same frames each time, two labeled ones, and two heads. */
    private static Predictions random(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new Predictions(
                Seen.batch(seed + 1, 10, 2),
                Probabilities.softmax(rows(random, 10, CLASSES)),
                Probabilities.softmax(rows(new SplittableRandom(seed), 10, CLASSES)),
                Probabilities.softmax(rows(random, 2, CLASSES)),
                List.of(rows(random, 12, CLASSES), rows(random, 12, CLASSES)));
    }

    /** Class 0 is predicted more often than the others. */
    private static float[][] rows(SplittableRandom random, int count, int width) {
        float[][] rows = new float[count][width];
        for (float[] row : rows) {
            for (int c = 0; c < width; c++) {
                row[c] = (float) (5 * random.nextDouble() + (c == 0 ? 1 : 0));
            }
        }
        return rows;
    }

    private static String said(GateDecision decision) {
        return Arrays.deepToString(decision.targets())
                + Arrays.toString(decision.weights())
                + decision.reasons()
                + decision.threshold()
                + Arrays.toString(decision.alsoSeen());
    }

    private static List<String> values(Gate gate) {
        return gate.state().stream()
                .map(tensor -> tensor.name() + Arrays.toString(tensor.values()))
                .toList();
    }
}
