package io.millrace.quickstart.data;

import io.millrace.quickstart.data.Chance.Question;

/** What happens to the cameras while the stream runs. */
public enum Drift {
    /** Nothing. */
    NONE,
    /** From the middle of the stream on, every camera hangs askew by 36 degrees: an abrupt change. */
    ROTATE,
    /**
     * Every second camera has stretches of bad exposure: of 250 frames of the stream each, a quarter is four times too
     * dark and a quarter three times too bright.
     */
    BRIGHTNESS;

    private static final double ANGLE = Math.toRadians(36);
    private static final int STRETCH = 250;
    private static final double DARK = 0.25;
    private static final double BRIGHT = 3;

    /**
     * The image as the camera sees it.
     *
     * @param moment which frame, of which stream
     * @param pixels unsigned bytes, row-major; may be changed and returned
     * @param width of the image in pixels
     */
    byte[] apply(Moment moment, byte[] pixels, int width) {
        return switch (this) {
            case NONE -> pixels;
            case ROTATE -> moment.sequence() < moment.limit() / 2 ? pixels : rotated(pixels, width);
            case BRIGHTNESS -> moment.source() % 2 == 0 ? exposed(pixels, gain(moment)) : pixels;
        };
    }

    /** An image as every camera sees it when the stream ends, faults of single cameras aside. */
    public byte[] atTheEnd(byte[] pixels, int width) {
        return this == ROTATE ? rotated(pixels, width) : pixels;
    }

    /** Which frame, of which stream: the source counts from 0, the limit is the length of the stream. */
    record Moment(long seed, long sequence, int source, long limit) {}

    private static double gain(Moment moment) {
        long stretch = moment.sequence() / STRETCH * 1_000 + moment.source();
        double drawn = Chance.of(moment.seed(), Question.EXPOSURE, stretch);
        return drawn < 0.25 ? DARK : drawn < 0.5 ? BRIGHT : 1;
    }

    private static byte[] exposed(byte[] pixels, double gain) {
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Math.min(255, Math.round((pixels[i] & 0xFF) * gain));
        }
        return pixels;
    }

    /** Turns the image around its centre with bilinear interpolation; what was outside is black. */
    private static byte[] rotated(byte[] pixels, int width) {
        int height = pixels.length / width;
        byte[] turned = new byte[pixels.length];
        double centreX = (width - 1) / 2.0;
        double centreY = (height - 1) / 2.0;
        double cos = Math.cos(ANGLE);
        double sin = Math.sin(ANGLE);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double fromX = cos * (x - centreX) + sin * (y - centreY) + centreX;
                double fromY = -sin * (x - centreX) + cos * (y - centreY) + centreY;
                turned[y * width + x] = (byte) Math.round(between(pixels, width, fromX, fromY));
            }
        }
        return turned;
    }

    private static double between(byte[] pixels, int width, double x, double y) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        double right = x - left;
        double low = y - top;
        return (1 - low) * ((1 - right) * at(pixels, width, left, top) + right * at(pixels, width, left + 1, top))
                + low * ((1 - right) * at(pixels, width, left, top + 1) + right * at(pixels, width, left + 1, top + 1));
    }

    private static int at(byte[] pixels, int width, int x, int y) {
        boolean inside = x >= 0 && x < width && y >= 0 && y < pixels.length / width;
        return inside ? pixels[y * width + x] & 0xFF : 0;
    }
}
