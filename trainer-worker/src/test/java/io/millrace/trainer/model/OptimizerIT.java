package io.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OptimizerIT {
    /** A matrix of one value, which is decayed, and a bias, which is not. */
    private static final ParameterLayout LAYOUT = new ParameterLayout(
            List.of(new ParameterLayout.Entry("weight", List.of(1, 1)), new ParameterLayout.Entry("bias", List.of(1))));

    private Compute compute;
    private NDManager scope;

    @BeforeEach
    void open() {
        compute = Compute.open("cpu", 2);
        scope = compute.newScope();
    }

    @AfterEach
    void close() {
        scope.close();
        compute.close();
    }

    private static OptimizerConfig config(OptimizerConfig.Rule rule) {
        return new OptimizerConfig(rule, 0.1f, 0, 0.9f, 0.5f, 1);
    }

    private void update(Optimizer optimizer, NDArray parameters, float gradient, long step) {
        optimizer.update(parameters, scope.create(new float[] {gradient, gradient}), 0.1f, step);
    }

    @Test
    void shouldFollowNesterovWhenUpdatedTwice() {
        Optimizer optimizer = Optimizer.of(config(OptimizerConfig.Rule.SGD), LAYOUT, scope);
        NDArray parameters = scope.create(new float[] {1, 1});

        update(optimizer, parameters, 2, 1);
        // weight: d = 2 + 0.5 = 2.5, v = 2.5, w = 1 - 0.1 (2.5 + 2.25) = 0.525; bias: v = 2, w = 1 - 0.1 * 3.8 = 0.62
        assertThat(parameters.toFloatArray()).containsExactly(new float[] {0.525f, 0.62f}, within(1e-6f));

        update(optimizer, parameters, -1, 2);
        // weight: d = -1 + 0.2625 = -0.7375, v = 2.25 - 0.7375 = 1.5125, w = 0.525 - 0.1 (-0.7375 + 1.36125)
        // bias: v = 1.8 - 1 = 0.8, w = 0.62 - 0.1 (-1 + 0.72)
        assertThat(parameters.toFloatArray()).containsExactly(new float[] {0.462625f, 0.648f}, within(1e-6f));
    }

    @Test
    void shouldFollowAdamWhenUpdatedTwice() {
        Optimizer optimizer = Optimizer.of(config(OptimizerConfig.Rule.ADAMW), LAYOUT, scope);
        NDArray parameters = scope.create(new float[] {1, 1});

        update(optimizer, parameters, 2, 1);
        // The first change is the sign of the gradient: 0.1; the weight is decayed by 0.1 * 0.5 * 1 as well.
        assertThat(parameters.toFloatArray()).containsExactly(new float[] {0.85f, 0.9f}, within(1e-6f));

        update(optimizer, parameters, -1, 2);
        // m = 0.9 * 0.2 - 0.1 = 0.08, v = 0.999 * 0.004 + 0.001 = 0.004996
        double change = 0.1 * (0.08 / (1 - 0.81)) / Math.sqrt(0.004996 / (1 - 0.998001));
        assertThat(parameters.toFloatArray())
                .containsExactly(
                        new float[] {(float) (0.85 - 0.05 * 0.85 - change), (float) (0.9 - change)}, within(1e-5f));
    }

    @Test
    void shouldGoOnAlikeWhenAStateIsRestored() {
        for (OptimizerConfig.Rule rule : OptimizerConfig.Rule.values()) {
            Optimizer optimizer = Optimizer.of(config(rule), LAYOUT, scope);
            NDArray parameters = scope.create(new float[] {1, -1});
            update(optimizer, parameters, 2, 1);
            Optimizer restored = Optimizer.of(config(rule), LAYOUT, scope);
            NDArray copy = parameters.duplicate();

            restored.restore(optimizer.state());

            update(optimizer, parameters, 3, 2);
            update(restored, copy, 3, 2);
            assertThat(copy.toFloatArray()).containsExactly(parameters.toFloatArray());
            assertThatThrownBy(() -> restored.restore(List.of(Tensor.vector("other", 1))))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldScaleDownOnlyLongGradientsWhenClipped() {
        NDArray longer = scope.create(new float[] {-3, 4});
        NDArray shorter = scope.create(new float[] {-0.3f, 0.4f});
        NDArray broken = scope.create(new float[] {Float.NaN, 4});

        assertThat(Gradient.clip(longer, 1)).isEqualTo(5);
        assertThat(Gradient.clip(shorter, 1)).isEqualTo(0.5f);
        assertThat(Gradient.clip(broken, 1)).isNaN();

        assertThat(longer.toFloatArray()).containsExactly(new float[] {-0.6f, 0.8f}, within(1e-6f));
        assertThat(shorter.toFloatArray()).containsExactly(-0.3f, 0.4f);
        assertThat(broken.toFloatArray()).containsExactly(Float.NaN, 4);
    }

    @Test
    void shouldMoveTheTeacherWhenAveraged() {
        NDArray teacher = scope.create(new float[] {1, 0});
        NDArray student = scope.create(new float[] {3, 8});

        new ExponentialMovingAverage(1000).update(teacher, student, 26); // decay 3/4

        assertThat(teacher.toFloatArray()).containsExactly(1.5f, 2);
        assertThat(student.toFloatArray()).containsExactly(3, 8);
    }

    @Test
    void shouldRiseLinearlyWhenTheLearningRateWarmsUp() {
        OptimizerConfig config = new OptimizerConfig(OptimizerConfig.Rule.SGD, 0.5f, 10, 0, 0, 1);

        assertThat(config.learningRateAt(1)).isEqualTo(0.05f);
        assertThat(config.learningRateAt(10)).isEqualTo(0.5f);
        assertThat(config.learningRateAt(1_000_000)).isEqualTo(0.5f);
    }
}
