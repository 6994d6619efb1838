package io.millrace.quickstart.data;

/** Turns grey images. */
public final class Rotation {
    private Rotation() {}

    /**
     * The image turned around its centre with bilinear interpolation; what was outside is black.
     *
     * @param pixels unsigned bytes, row-major; not changed
     * @param width of the image in pixels
     */
    public static byte[] turned(byte[] pixels, int width, double degrees) {
        int height = pixels.length / width;
        byte[] turned = new byte[pixels.length];
        double centreX = (width - 1) / 2.0;
        double centreY = (height - 1) / 2.0;
        double cos = Math.cos(Math.toRadians(degrees));
        double sin = Math.sin(Math.toRadians(degrees));
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
