package io.millrace.trainer.augment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.SampleShape;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SensorAugmentationTest {
    private static final SampleShape SHAPE = SampleShape.of(2, 4);
    private static final float[] WINDOW = {1, 2, 3, 4, 5, 5, 5, 5};

    private static float[] strong(SensorStrength strength, long seed) {
        float[] view = new float[WINDOW.length];
        new SensorAugmentation(SHAPE, strength).strong(WINDOW, new SplittableRandom(seed), view, 0);
        return view;
    }

    @Test
    void shouldLeaveTheWindowWhenStrengthIsNothing() {
        assertThat(strong(new SensorStrength(0, 0, 0, 0, 0, 0), 1)).containsExactly(WINDOW);
    }

    @Test
    void shouldRepeatTheEdgeWhenShifted() {
        SensorStrength shift = new SensorStrength(0, 0.25, 0, 0, 0, 0);
        for (int seed = 0; seed < 20; seed++) {
            float[] view = strong(shift, seed);
            assertThat(new float[] {view[0], view[1], view[2], view[3]})
                    .isIn(new float[] {1, 1, 2, 3}, new float[] {1, 2, 3, 4}, new float[] {2, 3, 4, 4});
        }
    }

    @Test
    void shouldLeaveAConstantChannelWhenNoiseIsAdded() {
        float[] view = strong(new SensorStrength(0, 0, 0, 1, 0, 0), 1);

        assertThat(view[0]).isNotEqualTo(1);
        assertThat(new float[] {view[4], view[5], view[6], view[7]}).containsOnly(5);
    }

    @Test
    void shouldPutTheMeanWhereItMasks() {
        SensorStrength mask = new SensorStrength(0, 0, 0, 0, 0, 1);
        for (int seed = 0; seed < 20; seed++) {
            float[] view = strong(mask, seed);
            for (int t = 0; t < 4; t++) {
                assertThat(view[t]).isIn(WINDOW[t], 2.5f);
            }
        }
    }
}
