package io.millrace.trainer.augment;

import io.millrace.schemas.SampleShape;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Views of images {@code [C, H, W]} with values in 0..1.
 *
 * <pre>
 *   weak    mirror -&gt; shift by whole pixels
 *   strong  mirror -&gt; turn, lean, zoom and shift in one bilinear pass -&gt; contrast, brightness, clamp to 0..1 -&gt; cutout
 * </pre>
 *
 * <p>What comes in from outside of the image is 0. These are the transforms of RandAugment (Cubuk et al. 2020) that make
 * sense for grey images as well, each drawn every time instead of a random few of them: FixMatch draws two of fourteen.
 */
public final class ImageAugmentation implements Augmentation {
    private static final float GREY = 0.5f;

    private final ImageStrength strength;
    private final int channels;
    private final int height;
    private final int width;

    /** @param shape {@code [C, H, W]} */
    public ImageAugmentation(SampleShape shape, ImageStrength strength) {
        if (!shape.isImage()) {
            throw new IllegalArgumentException("expected [channels, height, width], got " + shape);
        }
        this.strength = strength;
        this.channels = shape.channels();
        this.height = shape.dimensions().get(1);
        this.width = shape.dimensions().get(2);
    }

    @Override
    public void weak(float[] sample, SplittableRandom random, float[] batch, int offset) {
        boolean mirror = mirrors(random);
        int down = Shares.symmetric(random, (int) (strength.weakShift() * height));
        int right = Shares.symmetric(random, (int) (strength.weakShift() * width));
        int out = offset;
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < height; y++) {
                int row = y - down;
                boolean inside = row >= 0 && row < height;
                int start = (c * height + row) * width;
                for (int x = 0; x < width; x++) {
                    int column = (mirror ? width - 1 - x : x) - right;
                    batch[out++] = inside && column >= 0 && column < width ? sample[start + column] : 0;
                }
            }
        }
    }

    @Override
    public void strong(float[] sample, SplittableRandom random, float[] batch, int offset) {
        warp(sample, drawAffine(random), batch, offset);
        recolour(random, batch, offset);
        cutOut(random, batch, offset);
    }

    /** Where a pixel of the view comes from: {@code column = xx dx + xy dy + x0}, {@code row = yx dx + yy dy + y0}. */
    private record Affine(double xx, double xy, double x0, double yx, double yy, double y0) {}

    private Affine drawAffine(SplittableRandom random) {
        double mirror = mirrors(random) ? -1 : 1;
        double angle = Math.toRadians(Shares.symmetric(random, strength.rotationDegrees()));
        double zoom = 1 + Shares.symmetric(random, strength.zoom());
        double shear = Shares.symmetric(random, strength.shear());
        double cosine = Math.cos(angle) / zoom;
        double sine = Math.sin(angle) / zoom;
        return new Affine(
                cosine * mirror,
                shear * cosine - sine,
                (width - 1) / 2.0 + Shares.symmetric(random, strength.shift() * width),
                sine * mirror,
                shear * sine + cosine,
                (height - 1) / 2.0 + Shares.symmetric(random, strength.shift() * height));
    }

    private void warp(float[] sample, Affine from, float[] batch, int offset) {
        int plane = height * width;
        for (int y = 0; y < height; y++) {
            double dy = y - (height - 1) / 2.0;
            for (int x = 0; x < width; x++) {
                double dx = x - (width - 1) / 2.0;
                double column = from.xx() * dx + from.xy() * dy + from.x0();
                double row = from.yx() * dx + from.yy() * dy + from.y0();
                int left = (int) Math.floor(column);
                int top = (int) Math.floor(row);
                float toRight = (float) (column - left);
                float down = (float) (row - top);
                for (int c = 0; c < channels; c++) {
                    float above = between(sample, c * plane, top, left, toRight);
                    float below = between(sample, c * plane, top + 1, left, toRight);
                    batch[offset + c * plane + y * width + x] = above + (below - above) * down;
                }
            }
        }
    }

    private float between(float[] sample, int plane, int row, int left, float toRight) {
        if (row < 0 || row >= height) {
            return 0;
        }
        int start = plane + row * width;
        float a = left >= 0 && left < width ? sample[start + left] : 0;
        float b = left >= -1 && left < width - 1 ? sample[start + left + 1] : 0;
        return a + (b - a) * toRight;
    }

    private void recolour(SplittableRandom random, float[] batch, int offset) {
        float gain = (float) (1 + Shares.symmetric(random, strength.contrast()));
        float lift = (float) Shares.symmetric(random, strength.brightness());
        int end = offset + channels * height * width;
        double sum = 0;
        for (int i = offset; i < end; i++) {
            sum += batch[i];
        }
        float mean = (float) (sum / (end - offset));
        for (int i = offset; i < end; i++) {
            batch[i] = Math.max(0, Math.min(1, (batch[i] - mean) * gain + mean + lift));
        }
    }

    private void cutOut(SplittableRandom random, float[] batch, int offset) {
        double half = random.nextDouble() * strength.cutout() * Math.min(height, width) / 2;
        double centreY = random.nextDouble() * height;
        double centreX = random.nextDouble() * width;
        int top = (int) Math.max(0, Math.ceil(centreY - half - 0.5));
        int bottom = (int) Math.min(height, Math.ceil(centreY + half - 0.5));
        int left = (int) Math.max(0, Math.ceil(centreX - half - 0.5));
        int right = (int) Math.min(width, Math.ceil(centreX + half - 0.5));
        for (int c = 0; c < channels; c++) {
            for (int y = top; y < bottom && left < right; y++) {
                int row = offset + (c * height + y) * width;
                Arrays.fill(batch, row + left, row + right, GREY);
            }
        }
    }

    private boolean mirrors(SplittableRandom random) {
        return random.nextBoolean() && strength.flip();
    }
}
