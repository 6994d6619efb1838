package io.millrace.schemas;

import io.millrace.record.Encoding;
import io.millrace.schemas.Decoding.Decoded;
import io.millrace.schemas.Decoding.Refused;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Turns the bytes of a frame into a sample, trusting nothing: the format is told by its first bytes and read by that
 * format's own reader, sizes are checked from the header before a pixel is decoded, and any warning of the reader is a
 * refusal (a JPEG cut to 2 % of its bytes decodes to grey without an exception).
 *
 * <p>Thread-safe.
 */
public final class FrameDecoder {
    private static final byte[] JPEG_MAGIC = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF};
    private static final byte[] PNG_MAGIC = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final float MAX_BYTE = 255f;
    /** Sensor values beyond this are refused as broken: they overflow once squared. */
    private static final float MAX_SENSOR_VALUE = 1e6f;

    private final SampleShape expected;

    /** @param expected the pipeline's shape; whatever has another is refused */
    public FrameDecoder(SampleShape expected) {
        this.expected = expected;
    }

    /**
     * Decodes one frame.
     *
     * @param encoding how {@code data} is encoded
     * @param shape shape that the producer states
     * @param data the encoded sample; not changed, not kept
     */
    public Decoding decode(Encoding encoding, List<Integer> shape, ByteBuffer data) {
        if (!expected.dimensions().equals(shape)) {
            return new Refused(Reason.WRONG_SHAPE, "expected shape " + expected + ", got " + shape);
        }
        byte[] bytes = new byte[data.remaining()];
        data.duplicate().get(bytes);
        switch (encoding) {
            case RAW_U8:
                return rawBytes(bytes);
            case F32_LE:
                return floats(bytes);
            case JPEG:
                return expected.isImage() ? image("jpeg", JPEG_MAGIC, bytes) : notForSensors(encoding);
            case PNG:
                return expected.isImage() ? image("png", PNG_MAGIC, bytes) : notForSensors(encoding);
            default:
                return new Refused(
                        Reason.UNKNOWN_ENCODING, "expected one of JPEG, PNG, RAW_U8, F32_LE, got " + encoding);
        }
    }

    private static Decoding notForSensors(Encoding encoding) {
        return new Refused(Reason.UNKNOWN_ENCODING, encoding + " carries an image, the pipeline takes sensor windows");
    }

    private Decoding rawBytes(byte[] bytes) {
        if (bytes.length != expected.values()) {
            return wrongLength(bytes, expected.values());
        }
        float[] values = new float[bytes.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (bytes[i] & 0xFF) / MAX_BYTE;
        }
        return new Decoded(values);
    }

    private Decoding floats(byte[] bytes) {
        if (bytes.length != (long) expected.values() * Float.BYTES) {
            return wrongLength(bytes, (long) expected.values() * Float.BYTES);
        }
        float limit = expected.isImage() ? 1f : MAX_SENSOR_VALUE;
        float least = expected.isImage() ? 0f : -MAX_SENSOR_VALUE;
        float[] values = new float[expected.values()];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        for (int i = 0; i < values.length; i++) {
            if (!(values[i] >= least && values[i] <= limit)) {
                return new Refused(
                        Reason.NON_FINITE,
                        "expected values in " + least + ".." + limit + ", got " + values[i] + " at index " + i);
            }
        }
        return new Decoded(values);
    }

    private Refused wrongLength(byte[] bytes, long expectedLength) {
        return new Refused(
                Reason.WRONG_SHAPE,
                "expected " + expectedLength + " bytes for shape " + expected + ", got " + bytes.length);
    }

    private Decoding image(String format, byte[] magic, byte[] bytes) {
        if (bytes.length < magic.length
                || !ByteBuffer.wrap(bytes, 0, magic.length).equals(ByteBuffer.wrap(magic))) {
            return new Refused(Reason.UNDECODABLE, "the bytes do not start as " + format + " does");
        }
        ImageReader reader = ImageIO.getImageReadersByFormatName(format).next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(in, true, true);
            return read(reader);
        } catch (IIOException e) {
            return new Refused(Reason.UNDECODABLE, format + ": " + e.getMessage());
        } catch (IOException | RuntimeException e) {
            // ImageIO's readers throw whatever the damaged bytes lead them to; all of it means the same to us.
            return new Refused(Reason.UNDECODABLE, format + ": " + e);
        } finally {
            reader.dispose();
        }
    }

    private Decoding read(ImageReader reader) throws IOException {
        int height = reader.getHeight(0);
        int width = reader.getWidth(0);
        if (height != expected.dimensions().get(1)
                || width != expected.dimensions().get(2)) {
            return new Refused(
                    Reason.WRONG_SHAPE, "expected " + expected + ", got an image of " + height + " x " + width);
        }
        List<String> warnings = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
        BufferedImage image = reader.read(0);
        if (!warnings.isEmpty()) {
            return new Refused(Reason.UNDECODABLE, String.join("; ", warnings));
        }
        int bands = image.getColorModel().getNumComponents();
        if ((bands != 1 && bands != 3)
                || bands != expected.channels()
                || image.getColorModel().getComponentSize(0) != Byte.SIZE) {
            return new Refused(
                    Reason.WRONG_SHAPE,
                    "expected " + expected.channels() + " channels of 8 bits, got " + bands + " of "
                            + image.getColorModel().getComponentSize(0));
        }
        return new Decoded(bands == 1 ? grey(image) : colour(image));
    }

    private static float[] grey(BufferedImage image) {
        float[] values = image.getRaster()
                .getSamples(
                        0, 0, image.getWidth(), image.getHeight(), 0, new float[image.getWidth() * image.getHeight()]);
        for (int i = 0; i < values.length; i++) {
            values[i] /= MAX_BYTE;
        }
        return values;
    }

    private static float[] colour(BufferedImage image) {
        int plane = image.getWidth() * image.getHeight();
        int[] rgb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
        float[] values = new float[3 * plane];
        for (int i = 0; i < plane; i++) {
            values[i] = (rgb[i] >> 16 & 0xFF) / MAX_BYTE;
            values[plane + i] = (rgb[i] >> 8 & 0xFF) / MAX_BYTE;
            values[2 * plane + i] = (rgb[i] & 0xFF) / MAX_BYTE;
        }
        return values;
    }
}
