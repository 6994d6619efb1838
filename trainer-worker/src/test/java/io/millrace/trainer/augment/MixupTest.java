package io.millrace.trainer.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MixupTest {
    @Test
    void shouldBlendSamplesAndTargetsByTheSameShareWhenOn() {
        double mean = 0;
        for (int seed = 0; seed < 300; seed++) {
            float[] samples = {1, 10, 2, 20};
            float[][] targets = {{1, 0}, {0, 1}};

            new Mixup(1).blend(samples, targets, new SplittableRandom(seed));

            float own = targets[0][0];
            assertThat(own).isBetween(0.5f, 1f);
            assertThat(targets[0][1]).isCloseTo(1 - own, within(1e-6f));
            assertThat(samples[0]).isCloseTo(own * 1 + (1 - own) * 2, within(1e-5f));
            assertThat(samples[3]).isCloseTo(own * 20 + (1 - own) * 10, within(1e-5f));
            mean += own / 300;
        }
        // Half of the permutations of two leave the batch alone; the others blend with a mean share of 0.75.
        assertThat(mean).isCloseTo(0.875, within(0.03));
    }

    @Test
    void shouldLeaveTheBatchWhenOff() {
        float[] samples = {1, 2};
        float[][] targets = {{1, 0}, {0, 1}};

        new Mixup(0).blend(samples, targets, new SplittableRandom(1));

        assertThat(samples).containsExactly(1, 2);
        assertThat(targets).isDeepEqualTo(new float[][] {{1, 0}, {0, 1}});
    }

    @Test
    void shouldStayNearTheSamplesWhenAlphaIsSmall() {
        double mean = 0;
        for (int seed = 0; seed < 300; seed++) {
            float[][] targets = {{1, 0}, {0, 1}};
            new Mixup(0.05).blend(new float[2], targets, new SplittableRandom(seed));
            mean += targets[0][0] / 300;
        }
        assertThat(mean).isGreaterThan(0.95);
    }

    @Test
    void shouldRefuseAlphaWhenOutOfRange() {
        assertThatThrownBy(() -> new Mixup(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Mixup(0.001)).isInstanceOf(IllegalArgumentException.class);
    }
}
