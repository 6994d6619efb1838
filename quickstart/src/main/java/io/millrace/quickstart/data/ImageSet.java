package io.millrace.quickstart.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * Grey images and their classes, read from the IDX files of LeCun's MNIST and its successors.
 *
 * <pre>
 *   images: 0x00000803 | count | height | width | count x height x width unsigned bytes
 *   labels: 0x00000801 | count | count unsigned bytes          (numbers are 32 bits, big-endian)
 * </pre>
 */
public final class ImageSet {
    private static final int IMAGES = 0x803;
    private static final int LABELS = 0x801;
    private static final int MAX_COUNT = 1_000_000;
    private static final int MAX_SIDE = 1_024;

    private final int height;
    private final int width;
    private final byte[][] images;
    private final byte[] labels;

    private ImageSet(int height, int width, byte[][] images, byte[] labels) {
        this.height = height;
        this.width = width;
        this.images = images;
        this.labels = labels;
    }

    /**
     * Reads both files.
     *
     * @throws IOException when they are not what they should be, or disagree on the count
     */
    public static ImageSet read(InputStream images, InputStream labels) throws IOException {
        try (DataInputStream in = unzip(images);
                DataInputStream classes = unzip(labels)) {
            check("magic number of the images", IMAGES, in.readInt());
            int count = within("number of images", MAX_COUNT, in.readInt());
            int height = within("height", MAX_SIDE, in.readInt());
            int width = within("width", MAX_SIDE, in.readInt());
            check("magic number of the labels", LABELS, classes.readInt());
            check("number of labels", count, classes.readInt());
            byte[][] pixels = new byte[count][height * width];
            for (byte[] image : pixels) {
                in.readFully(image);
            }
            byte[] truth = new byte[count];
            classes.readFully(truth);
            return new ImageSet(height, width, pixels, truth);
        }
    }

    /** Number of images. */
    public int size() {
        return images.length;
    }

    /** Height in pixels. */
    public int height() {
        return height;
    }

    /** Width in pixels. */
    public int width() {
        return width;
    }

    /** Pixels of an image, unsigned bytes, row-major; a copy. */
    public byte[] pixels(int index) {
        return images[index].clone();
    }

    /** Class of an image, from 0. */
    public int label(int index) {
        return labels[index] & 0xFF;
    }

    private static DataInputStream unzip(InputStream in) throws IOException {
        return new DataInputStream(new BufferedInputStream(new GZIPInputStream(in), 1 << 16));
    }

    private static void check(String what, int expected, int actual) throws IOException {
        if (actual != expected) {
            throw new IOException("not an IDX file: expected " + expected + " as " + what + ", got " + actual);
        }
    }

    private static int within(String what, int max, int actual) throws IOException {
        if (!(actual >= 1 && actual <= max)) {
            throw new IOException("not an IDX file: expected 1 to " + max + " as " + what + ", got " + actual);
        }
        return actual;
    }
}
