package io.millrace.trainer.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.SampleShape;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every augmentation promises, whatever it does. */
class AugmentationContractTest {
    private static final ImageStrength STRONG_IMAGES = new ImageStrength(true, 0.2, 0.3, 180, 1, 0.9, 1, 1, 1);
    private static final SensorStrength STRONG_SENSORS = new SensorStrength(0.5, 0.5, 1, 2, 1, 1);

    record Kit(SampleShape shape, Augmentation augmentation) {
        static Kit of(Integer... sizes) {
            SampleShape shape = SampleShape.of(sizes);
            return new Kit(shape, Augmentation.of(shape, STRONG_IMAGES, STRONG_SENSORS));
        }
    }

    static Stream<Kit> kits() {
        return Stream.of(
                Kit.of(1, 28, 28), Kit.of(3, 32, 32), Kit.of(3, 5, 9), Kit.of(1, 1, 1), Kit.of(6, 50), Kit.of(1, 1));
    }

    private interface View {
        void write(float[] sample, SplittableRandom random, float[] batch, int offset);
    }

    @ParameterizedTest
    @MethodSource("kits")
    void shouldKeepItsPromisesWhenViewsAreMade(Kit kit) {
        View weak = kit.augmentation()::weak;
        View strong = kit.augmentation()::strong;
        for (int seed = 0; seed < 200; seed++) {
            check(kit, weak, seed);
            check(kit, strong, seed);
        }
    }

    private static void check(Kit kit, View view, int seed) {
        int size = kit.shape().values();
        float[] sample = sample(size, kit.shape().isImage(), seed);
        float[] untouched = sample.clone();
        float[] batch = new float[3 * size];
        Arrays.fill(batch, -7);

        view.write(sample, new SplittableRandom(seed), batch, size);

        assertThat(sample).containsExactly(untouched);
        assertThat(Arrays.copyOf(batch, size)).containsOnly(-7);
        assertThat(Arrays.copyOfRange(batch, 2 * size, 3 * size)).containsOnly(-7);
        float[] written = Arrays.copyOfRange(batch, size, 2 * size);
        for (float value : written) {
            assertThat(Float.isFinite(value)).isTrue();
            if (kit.shape().isImage()) {
                assertThat(value).isBetween(0f, 1f);
            }
        }
        float[] again = new float[size];
        view.write(sample, new SplittableRandom(seed), again, 0);
        assertThat(again).containsExactly(written);
    }

    private static float[] sample(int size, boolean image, int seed) {
        SplittableRandom random = new SplittableRandom(seed + 1000);
        float[] sample = new float[size];
        for (int i = 0; i < size; i++) {
            sample[i] = image ? random.nextFloat() : 100 * (random.nextFloat() - 0.5f);
        }
        return sample;
    }
}
