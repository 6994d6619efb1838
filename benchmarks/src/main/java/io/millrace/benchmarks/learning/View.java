package io.millrace.benchmarks.learning;

import io.millrace.quickstart.data.Rotation;
import java.util.SplittableRandom;

/** How a camera sees a grey image. */
sealed interface View {
    /** As it is. */
    View CLEAN = new Clean();

    /**
     * The image as it is seen.
     *
     * @param pixels unsigned bytes, row-major; not changed
     * @param width of the image in pixels
     * @param seed of whatever is random in it
     */
    byte[] of(byte[] pixels, int width, long seed);

    /** Name without spaces. */
    String text();

    /** See {@link #CLEAN}. */
    record Clean() implements View {
        @Override
        public byte[] of(byte[] pixels, int width, long seed) {
            return pixels;
        }

        @Override
        public String text() {
            return "clean";
        }
    }

    /** Turned around the centre. */
    record Turned(int degrees) implements View {
        @Override
        public byte[] of(byte[] pixels, int width, long seed) {
            return degrees == 0 ? pixels : Rotation.turned(pixels, width, degrees);
        }

        @Override
        public String text() {
            return degrees + "deg";
        }
    }

    /** Out of focus: Gaussian blur. @param sigma in pixels; what is outside counts as black */
    record Blurred(double sigma) implements View {
        @Override
        public byte[] of(byte[] pixels, int width, long seed) {
            int reach = (int) Math.ceil(3 * sigma);
            double[] kernel = new double[2 * reach + 1];
            double sum = 0;
            for (int i = -reach; i <= reach; i++) {
                kernel[i + reach] = Math.exp(-i * i / (2 * sigma * sigma));
                sum += kernel[i + reach];
            }
            double[] across = new double[pixels.length];
            for (int i = 0; i < pixels.length; i++) {
                for (int k = -reach; k <= reach; k++) {
                    int x = i % width + k;
                    across[i] += x >= 0 && x < width ? kernel[k + reach] / sum * (pixels[i + k] & 0xFF) : 0;
                }
            }
            byte[] seen = new byte[pixels.length];
            for (int i = 0; i < pixels.length; i++) {
                double value = 0;
                for (int k = -reach; k <= reach; k++) {
                    int from = i + k * width;
                    value += from >= 0 && from < pixels.length ? kernel[k + reach] / sum * across[from] : 0;
                }
                seen[i] = (byte) Math.round(value);
            }
            return seen;
        }

        @Override
        public String text() {
            return "blur";
        }
    }

    /** Gaussian noise on each pixel. @param sigma as a share of the range of values */
    record Noisy(double sigma) implements View {
        @Override
        public byte[] of(byte[] pixels, int width, long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] seen = new byte[pixels.length];
            for (int i = 0; i < pixels.length; i++) {
                double value = (pixels[i] & 0xFF) + 255 * sigma * random.nextGaussian();
                seen[i] = (byte) Math.round(Math.max(0, Math.min(255, value)));
            }
            return seen;
        }

        @Override
        public String text() {
            return "noise";
        }
    }

    /** A white square of 3 x 3 pixels in the lower right corner, one pixel from the edges (Gu et al. 2017, BadNets). */
    record Triggered() implements View {
        private static final int SIDE = 3;

        @Override
        public byte[] of(byte[] pixels, int width, long seed) {
            byte[] seen = pixels.clone();
            int height = pixels.length / width;
            for (int y = height - 1 - SIDE; y < height - 1; y++) {
                for (int x = width - 1 - SIDE; x < width - 1; x++) {
                    seen[y * width + x] = (byte) 255;
                }
            }
            return seen;
        }

        @Override
        public String text() {
            return "triggered";
        }
    }
}
