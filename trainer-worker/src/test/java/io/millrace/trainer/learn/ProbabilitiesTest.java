package io.millrace.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ProbabilitiesTest {
    @Test
    void shouldNotOverflowWhenLogitsAreLarge() {
        float[][] probabilities = Probabilities.softmax(new float[][] {{1000, 1000 - (float) Math.log(3)}});

        assertThat(probabilities[0]).containsExactly(new float[] {0.75f, 0.25f}, within(1e-5f));
    }

    @Test
    void shouldGiveCrossEntropyWhenTargetsAreSoft() {
        float[] logits = {0, (float) Math.log(3)};

        assertThat(Probabilities.crossEntropy(new float[] {0, 1}, logits)).isCloseTo(Math.log(4.0 / 3), within(1e-6));
        assertThat(Probabilities.crossEntropy(new float[] {0.5f, 0.5f}, logits))
                .isCloseTo(0.5 * Math.log(4) + 0.5 * Math.log(4.0 / 3), within(1e-6));
    }

    @Test
    void shouldNameTheRangeWhenALabelIsOutOfIt() {
        assertThatThrownBy(() -> Probabilities.oneHot(-1, 10)).hasMessage("expected a label of 0 to 9, got -1");
        assertThat(Probabilities.oneHot(1, 3)).containsExactly(0, 1, 0);
    }

    @Test
    void shouldAverageWhenRowsAreMany() {
        float[][] rows = {{0.9f, 0.1f}, {0.3f, 0.7f}};

        assertThat(Probabilities.mean(rows, 2)).containsExactly(new double[] {0.6, 0.4}, within(1e-6));
        assertThat(Probabilities.meanConfidence(rows)).isCloseTo(0.8, within(1e-6));
    }
}
