package io.millrace.trainer.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.trainer.safety.AdaptiveWindow.Rise;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LatestMistakesTest {
    private final AdaptiveWindow window = new AdaptiveWindow(1e-9, 10, 1);
    private final LatestMistakes latest = new LatestMistakes();

    private Optional<Rise> add(boolean wrong) {
        window.add(wrong);
        return latest.add(wrong, window);
    }

    @Test
    void shouldSumTheBinomialTailWhenAsked() {
        assertThat(latest.atLeast(0, 0.3)).isEqualTo(1);
        assertThat(latest.atLeast(20, 0.5)).isCloseTo(Math.pow(0.5, 20), within(1e-12));
        assertThat(latest.atLeast(1, 0.1)).isCloseTo(1 - Math.pow(0.9, 20), within(1e-12));
        assertThat(latest.atLeast(15, 0.3)).isCloseTo(4.294e-5, within(1e-7)); // tables of the binomial
    }

    @Test
    void shouldTellWithinTwentyLabelsWhenMistakesJump() {
        for (int i = 0; i < 100; i++) {
            assertThat(add(i % 4 == 0)).isEmpty(); // 1 in 4
        }
        int labels = 0;
        Optional<Rise> told = Optional.empty();
        while (told.isEmpty()) {
            told = add(labels % 10 != 0); // 9 in 10
            labels++;
        }
        assertThat(labels).isBetween(5, 20);
        assertThat(told.orElseThrow().before()).isBetween(0.2, 0.3);
        assertThat(told.orElseThrow().now()).isGreaterThan(0.6);
    }

    @Test
    void shouldBeSilentWhenMistakesStayAsTheyAre() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 500; i++) {
            assertThat(add(random.nextDouble() < 0.25)).as("label %d", i).isEmpty();
        }
    }

    @Test
    void shouldTellAlikeWhenRestored() {
        for (int i = 0; i < 100; i++) {
            add(i % 4 == 0);
        }
        LatestMistakes restored = new LatestMistakes();
        restored.restore(latest.state());
        assertThat(restored.state()).isEqualTo(latest.state()).hasSize(20);
        restored.restore(List.of());
        assertThat(restored.state()).isEmpty();
    }
}
