package io.millrace.trainer.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.trainer.safety.AdaptiveWindow.Rise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AdaptiveWindowTest {
    private static List<Rise> feed(AdaptiveWindow window, int count, double share, SplittableRandom random) {
        List<Rise> rises = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            window.add(random.nextDouble() < share).ifPresent(rises::add);
        }
        return rises;
    }

    private static AdaptiveWindow window() {
        return new AdaptiveWindow(0.002, 1, 1);
    }

    @Test
    void shouldBoundTheDifferenceAsWorkedOutByHand() {
        // 64 observations, 16 of them ones, in two halves: 1/h = 1/32 + 1/32 = 0.0625, v = 0.25 * 0.75 = 0.1875,
        // ln(2 ln 64 / 0.002) = ln(4158.88) = 8.3330; sqrt(2 * 0.0625 * 0.1875 * 8.3330) + 2/3 * 0.0625 * 8.3330.
        AdaptiveWindow window = new AdaptiveWindow(0.002, 1, 1_000);
        for (int i = 0; i < 64; i++) {
            window.add(i % 4 == 0);
        }

        assertThat(window.size()).isEqualTo(64);
        assertThat(window.mean()).isEqualTo(0.25);
        assertThat(window.bound(32, 32)).isEqualTo(0.44194 + 0.34721, within(1e-4));
    }

    @Test
    void shouldCutAtTheVeryObservationAtWhichTheBoundIsPassed() {
        // 32 zeros, then ones. The cut lies between them, so after k ones the difference is 1 and the bound is that of
        // 32
        // and k with v = 32 k / (32 + k)^2: by the formula 1.0130 for k = 20 and 0.9949 for k = 21.
        AdaptiveWindow window = window();
        for (int i = 0; i < 32; i++) {
            assertThat(window.add(false)).isEmpty();
        }
        int needed = 0;
        Optional<Rise> rise = Optional.empty();
        while (rise.isEmpty()) {
            rise = window.add(true);
            needed++;
        }

        assertThat(needed).isEqualTo(21);
        assertThat(rise).contains(new Rise(0, 32, 1, 21));
    }

    @Test
    void shouldForgetInSilenceWhenTheMeanFalls() {
        AdaptiveWindow window = window();
        SplittableRandom random = new SplittableRandom(3);

        assertThat(feed(window, 1_000, 0.9, random)).isEmpty();
        assertThat(feed(window, 1_000, 0.2, random)).isEmpty();

        assertThat(window.mean()).isBetween(0.15, 0.25);
        assertThat(window.size()).isBetween(900L, 1_100L);
    }

    @Test
    void shouldTellOfARiseOnceWithBothMeans() {
        AdaptiveWindow window = window();
        SplittableRandom random = new SplittableRandom(4);
        feed(window, 2_000, 0.2, random);

        List<Rise> rises = feed(window, 300, 0.6, random);

        assertThat(rises).singleElement().satisfies(rise -> {
            assertThat(rise.before()).isBetween(0.17, 0.23);
            assertThat(rise.beforeCount()).isBetween(1_950L, 2_050L);
            assertThat(rise.now()).isBetween(0.45, 0.75);
        });
    }

    @Test
    void shouldHardlyEverRaiseAFalseAlarmOverAHundredThousandEqualDraws() {
        for (double share : new double[] {0.05, 0.2, 0.5}) {
            assertThat(feed(window(), 100_000, share, new SplittableRandom(11)))
                    .as("share %s", share)
                    .isEmpty();
        }
    }

    @Test
    void shouldRaiseFalseAlarmsWhenDeltaIsLargeSoThatTheirAbsenceMeansSomething() {
        AdaptiveWindow careless = new AdaptiveWindow(0.9, 1, 1);

        assertThat(feed(careless, 100_000, 0.5, new SplittableRandom(11))).isNotEmpty();
    }

    @Test
    void shouldAskForTheLeastSizeOfBothParts() {
        AdaptiveWindow small = new AdaptiveWindow(0.002, 1, 1);
        AdaptiveWindow large = new AdaptiveWindow(0.002, 100, 1);
        SplittableRandom random = new SplittableRandom(5);
        feed(small, 512, 0, random);
        feed(large, 512, 0, random);

        assertThat(feed(small, 30, 1, random)).isNotEmpty();
        List<Rise> rises = new ArrayList<>(feed(large, 99, 1, random));
        rises.addAll(feed(large, 99, 1, random));

        assertThat(rises).isNotEmpty().allMatch(rise -> rise.nowCount() >= 100);
        assertThat(rises.get(0).beforeCount()).isLessThanOrEqualTo(512);
    }

    @Test
    void shouldGoOnAsIfUnbrokenWhenRestored() {
        SplittableRandom random = new SplittableRandom(6);
        AdaptiveWindow unbroken = new AdaptiveWindow(0.002, 5, 7);
        feed(unbroken, 12_345, 0.1, random);
        AdaptiveWindow restored = new AdaptiveWindow(0.002, 5, 7);

        restored.restore(unbroken.state());

        assertThat(restored.size()).isEqualTo(unbroken.size()).isGreaterThan(12_000);
        for (int i = 0; i < 400; i++) {
            boolean one = i % 3 == 0;
            assertThat(restored.add(one)).isEqualTo(unbroken.add(one));
            assertThat(restored.state()).isEqualTo(unbroken.state());
        }
        assertThat(restored.size()).isLessThan(12_000);
    }

    @Test
    void shouldKeepLittleInMindOfALongStream() {
        AdaptiveWindow window = new AdaptiveWindow(1e-5, 250, 32);
        feed(window, 100_000, 0.1, new SplittableRandom(7));

        assertThat(window.size()).isEqualTo(100_000);
        assertThat(window.state()).hasSizeLessThan(17 * 6);
    }

    @Test
    void shouldRefuseADeltaThatIsNoProbability() {
        assertThatThrownBy(() -> new AdaptiveWindow(Double.NaN, 1, 1)).hasMessageContaining("NaN");
    }
}
