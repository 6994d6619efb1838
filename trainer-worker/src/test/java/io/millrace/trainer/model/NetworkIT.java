package io.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.millrace.schemas.SampleShape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkIT {
    private static Compute compute;

    @BeforeAll
    static void open() {
        compute = Compute.open("cpu", 2);
    }

    @AfterAll
    static void close() {
        compute.close();
    }

    static Stream<SampleShape> shapes() {
        return Stream.of(
                SampleShape.of(1, 28, 28),
                SampleShape.of(3, 32, 32),
                SampleShape.of(3, 7, 12),
                SampleShape.of(1, 1, 1),
                SampleShape.of(6, 50),
                SampleShape.of(1, 1));
    }

    private static List<float[]> samples(SampleShape shape, int count) {
        SplittableRandom random = new SplittableRandom(3);
        List<float[]> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] sample = new float[shape.values()];
            for (int k = 0; k < sample.length; k++) {
                sample[k] = random.nextFloat();
            }
            samples.add(sample);
        }
        return samples;
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void shouldGiveLogitsThatDoNotDependOnTheBatchWhenShapesDiffer(SampleShape shape) {
        try (NDManager scope = compute.newScope()) {
            Network network = new Network(NetworkConfig.of(shape, 4, Architecture.RESNET7, 16), scope);
            NDArray flat = scope.create(network.initialParameters(1));
            List<float[]> samples = samples(shape, 130);

            float[][] together = network.logits(flat, new InputBuffer(shape), samples);
            float[][] alone = network.logits(flat, new InputBuffer(shape), samples.subList(129, 130));

            assertThat(together).hasDimensions(130, 4);
            assertThat(alone[0]).containsExactly(together[129], within(1e-5f));
        }
    }

    @Test
    void shouldHaveTheGradientOfFiniteDifferencesWhenDifferentiated() {
        for (Architecture architecture : Architecture.values()) {
            checkGradient(SampleShape.of(2, 6, 5), architecture);
            checkGradient(SampleShape.of(3, 11), architecture);
        }
    }

    private static void checkGradient(SampleShape shape, Architecture architecture) {
        try (NDManager scope = compute.newScope()) {
            Network network = new Network(new NetworkConfig(shape, 3, architecture, 8, 4, 0.5f, 0.25f, false), scope);
            float[] flat = network.initialParameters(5);
            SplittableRandom random = new SplittableRandom(5);
            for (int i = 0; i < flat.length; i++) {
                flat[i] += (float) (0.05 * random.nextGaussian());
            }
            NDArray parameters = scope.create(flat);
            InputBuffer buffer = new InputBuffer(shape);
            samples(shape, 3).forEach(buffer::add);
            NDArray input = buffer.toArray(scope);
            NDArray weights = scope.create(new float[] {1, -2, 3}).reshape(1, 3);

            NDArray gradient = Gradient.of(
                    scope,
                    parameters,
                    p -> network.logits(p, input).logSoftmax(1).mul(weights).sum());

            double slopes = 0;
            double errors = 0;
            float[] expected = gradient.toFloatArray();
            for (int trial = 0; trial < 10; trial++) {
                // Along a random direction, so that all parameters are checked by a few evaluations.
                float[] direction = new float[flat.length];
                double slope = 0;
                for (int i = 0; i < flat.length; i++) {
                    direction[i] = (float) random.nextGaussian();
                    slope += direction[i] * expected[i];
                }
                float h = 2e-4f;
                double difference = (value(network, moved(flat, direction, h), scope, input, weights)
                                - value(network, moved(flat, direction, -h), scope, input, weights))
                        / (2 * h);
                slopes += slope * slope;
                errors += (slope - difference) * (slope - difference);
            }
            assertThat(Math.sqrt(errors / slopes)).isLessThan(0.02);
        }
    }

    private static float[] moved(float[] flat, float[] direction, float by) {
        float[] moved = new float[flat.length];
        for (int i = 0; i < flat.length; i++) {
            moved[i] = flat[i] + by * direction[i];
        }
        return moved;
    }

    private static double value(Network network, float[] flat, NDManager scope, NDArray input, NDArray weights) {
        return network.logits(scope.create(flat), input)
                .logSoftmax(1)
                .mul(weights)
                .sum()
                .getFloat();
    }

    @Test
    void shouldNotPileUpGradientsWhenDifferentiatedTwice() {
        try (NDManager scope = compute.newScope()) {
            NDArray x = scope.create(new float[] {1, 2});

            float[] first = Gradient.of(scope, x, p -> p.mul(p).sum()).toFloatArray();
            float[] second = Gradient.of(scope, x, p -> p.mul(p).sum()).toFloatArray();

            assertThat(first).containsExactly(2, 4);
            assertThat(second).containsExactly(2, 4);
            assertThat(x.hasGradient()).isFalse();
        }
    }

    @Test
    void shouldDrawTheSameFirstWeightsWhenTheSeedIsTheSame() {
        try (NDManager scope = compute.newScope()) {
            Network network =
                    new Network(NetworkConfig.of(SampleShape.of(1, 28, 28), 10, Architecture.RESNET7, 32), scope);

            float[] weights = network.initialParameters(7);

            assertThat(weights).containsExactly(network.initialParameters(7)).hasSize(288_170);
            assertThat(network.initialParameters(8)).isNotEqualTo(weights);
            assertThat(network.layout().entries().get(0).name()).isEqualTo("stem.weight");
        }
    }

    @Test
    void shouldRefuseDevicesWhenThereAreNone() {
        assertThatThrownBy(() -> Compute.open("tpu", 1)).hasMessage("expected auto, cpu or cuda, got tpu");
    }
}
