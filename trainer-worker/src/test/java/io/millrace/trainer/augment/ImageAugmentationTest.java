package io.millrace.trainer.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.schemas.SampleShape;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ImageAugmentationTest {
    private static final SampleShape SHAPE = SampleShape.of(2, 6, 5);

    private static float[] ramp() {
        float[] sample = new float[SHAPE.values()];
        for (int i = 0; i < sample.length; i++) {
            sample[i] = (i + 1) / 100f;
        }
        return sample;
    }

    private static ImageStrength none() {
        return new ImageStrength(false, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    private static float[] strong(ImageStrength strength, float[] sample, long seed) {
        float[] view = new float[sample.length];
        new ImageAugmentation(SHAPE, strength).strong(sample, new SplittableRandom(seed), view, 0);
        return view;
    }

    @Test
    void shouldLeaveTheImageWhenStrengthIsNothing() {
        float[] weak = new float[SHAPE.values()];
        new ImageAugmentation(SHAPE, none()).weak(ramp(), new SplittableRandom(1), weak, 0);

        assertThat(weak).containsExactly(ramp());
        assertThat(strong(none(), ramp(), 1)).containsExactly(ramp(), within(1e-6f));
    }

    @Test
    void shouldMirrorExactlyHalfOfTheTimeWhenFlipped() {
        ImageStrength flip = new ImageStrength(true, 0, 0, 0, 0, 0, 0, 0, 0);
        int mirrored = 0;
        for (int seed = 0; seed < 400; seed++) {
            float[] view = strong(flip, ramp(), seed);
            boolean isMirrored = Math.abs(view[0] - ramp()[4]) < 1e-6;
            assertThat(view[0]).isCloseTo(isMirrored ? ramp()[4] : ramp()[0], within(1e-6f));
            mirrored += isMirrored ? 1 : 0;
        }
        assertThat(mirrored).isBetween(150, 250);
    }

    @Test
    void shouldMoveWholePixelsAndFillWithZeroWhenWeak() {
        ImageStrength strength = new ImageStrength(false, 0.2, 0, 0, 0, 0, 0, 0, 0);
        Set<Float> corners = new HashSet<>();
        for (int seed = 0; seed < 200; seed++) {
            float[] view = new float[SHAPE.values()];
            new ImageAugmentation(SHAPE, strength).weak(ramp(), new SplittableRandom(seed), view, 0);
            corners.add(view[0]);
        }
        // One pixel up or down and left or right: the first pixel is one of these or comes from outside.
        assertThat(corners).containsExactlyInAnyOrder(0f, ramp()[0], ramp()[1], ramp()[5], ramp()[6]);
    }

    @Test
    void shouldInterpolateWhenShiftedByAPart() {
        float[] dot = new float[SHAPE.values()];
        dot[2 * 5 + 2] = 1;
        ImageStrength strength = new ImageStrength(false, 0, 0.1, 0, 0, 0, 0, 0, 0);

        float[] view = strong(strength, dot, 3);

        float sum = 0;
        for (float value : view) {
            sum += value;
        }
        assertThat(sum).as("bilinear weights of a dot add up to 1").isCloseTo(1, within(1e-5f));
        assertThat(view[2 * 5 + 2]).isLessThan(1);
    }

    @Test
    void shouldHideASquareInAllChannelsAlikeWhenCutOut() {
        ImageStrength strength = new ImageStrength(false, 0, 0, 0, 0, 0, 0, 0, 1);
        float[] black = new float[SHAPE.values()];
        int hidden = 0;
        for (int seed = 0; seed < 100; seed++) {
            float[] view = strong(strength, black, seed);
            for (int i = 0; i < 30; i++) {
                assertThat(view[i]).isEqualTo(view[30 + i]).isIn(0f, 0.5f);
                hidden += view[i] > 0 ? 1 : 0;
            }
        }
        assertThat(hidden).isBetween(100, 25 * 100);
    }
}
