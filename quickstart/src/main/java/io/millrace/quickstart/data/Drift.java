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

    private static final double ANGLE = 36;
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
            case ROTATE -> moment.sequence() < moment.limit() / 2 ? pixels : Rotation.turned(pixels, width, ANGLE);
            case BRIGHTNESS -> moment.source() % 2 == 0 ? exposed(pixels, gain(moment)) : pixels;
        };
    }

    /** An image as every camera sees it when the stream ends, faults of single cameras aside. */
    public byte[] atTheEnd(byte[] pixels, int width) {
        return this == ROTATE ? Rotation.turned(pixels, width, ANGLE) : pixels;
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
}
