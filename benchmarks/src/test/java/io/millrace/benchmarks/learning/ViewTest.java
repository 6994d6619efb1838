package io.millrace.benchmarks.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ViewTest {
    @Test
    void shouldTurnByARightAngle() {
        byte[] image = {1, 2, 3, 4, 5, 6, 7, 8, 9};

        assertThat(new View.Turned(90).of(image, 3, 0)).containsExactly(7, 4, 1, 8, 5, 2, 9, 6, 3);
        assertThat(image).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void shouldSpreadAPointByTheKernel() {
        byte[] image = new byte[25];
        image[12] = (byte) 255;

        byte[] seen = new View.Blurred(0.5).of(image, 5, 0);

        // weights exp(-d²/0.5): 1, 0.13534, 0.00034, divided by their sum 1.27134: 0.78657 and 0.10645
        assertThat(seen[12] & 0xFF).isEqualTo(158); // 255 x 0.78657²
        assertThat(seen[11]).isEqualTo((byte) 21); // 255 x 0.78657 x 0.10645
        assertThat(seen[7]).isEqualTo((byte) 21);
        assertThat(seen[6]).isEqualTo((byte) 3); // 255 x 0.10645²
    }

    @Test
    void shouldAddNoiseOfTheWidthAskedForAndTheSameForTheSameSeed() {
        byte[] grey = new byte[10_000];
        Arrays.fill(grey, (byte) 128);
        View noisy = new View.Noisy(0.1);

        byte[] seen = noisy.of(grey, 100, 7);

        double squares = 0;
        for (byte value : seen) {
            squares += Math.pow((value & 0xFF) - 128, 2);
        }
        assertThat(Math.sqrt(squares / seen.length)).isCloseTo(25.5, within(0.8));
        assertThat(noisy.of(grey, 100, 7)).isEqualTo(seen);
        assertThat(noisy.of(grey, 100, 8)).isNotEqualTo(seen);
    }

    @Test
    void shouldPutAWhiteSquareOnePixelFromTheLowerRightCorner() {
        byte[] seen = new View.Triggered().of(new byte[36], 6, 0);

        for (int y = 0; y < 6; y++) {
            for (int x = 0; x < 6; x++) {
                boolean inside = x >= 2 && x <= 4 && y >= 2 && y <= 4;
                assertThat(seen[6 * y + x]).isEqualTo((byte) (inside ? 255 : 0));
            }
        }
    }
}
