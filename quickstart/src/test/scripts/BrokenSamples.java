import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;

/**
 * Writes the files of {@code src/test/resources/broken}: samples as broken cameras, sensors and networks leave them.
 *
 * <pre>
 *   java quickstart/src/test/scripts/BrokenSamples.java quickstart/src/test/resources/broken
 * </pre>
 */
class BrokenSamples {
    private static final int SIDE = 28;
    private static final int WINDOW = 2 * 64;

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        byte[] jpeg = encoded("jpeg", SIDE, BufferedImage.TYPE_BYTE_GRAY);
        byte[] png = encoded("png", SIDE, BufferedImage.TYPE_BYTE_GRAY);
        write(directory, "truncated.jpg", Arrays.copyOf(jpeg, jpeg.length * 2 / 3));
        write(directory, "header-only.jpg", Arrays.copyOf(jpeg, jpeg.length / 50));
        write(directory, "damaged.png", flipped(png, png.length / 2));
        write(directory, "bomb.png", wide(png));
        write(directory, "small.png", encoded("png", SIDE / 2, BufferedImage.TYPE_BYTE_GRAY));
        write(directory, "colour.png", encoded("png", SIDE, BufferedImage.TYPE_INT_RGB));
        write(directory, "gateway-timeout.png", "<html>504 Gateway Timeout</html>".getBytes(StandardCharsets.UTF_8));
        write(directory, "short.u8", new byte[SIDE * SIDE - 1]);
        write(directory, "nan-window.f32", window(Float.NaN));
        write(directory, "infinite-window.f32", window(Float.NEGATIVE_INFINITY));
        write(directory, "huge-window.f32", window(1e30f));
        write(directory, "short-window.f32", Arrays.copyOf(window(0), WINDOW * Float.BYTES - 1));
        write(directory, "not-avro.json", "{\"frameId\": \"broken\"}\n".getBytes(StandardCharsets.UTF_8));
        write(directory, "unknown-schema.avro", new byte[] {0, 0x7F, -1, -1, -1, 2, 'x'});
        write(directory, "no-schema-id.avro", new byte[] {0, 0, 0});
    }

    private static void write(Path directory, String name, byte[] bytes) throws IOException {
        Files.write(directory.resolve(name), bytes);
    }

    private static byte[] encoded(String format, int side, int type) throws IOException {
        BufferedImage image = new BufferedImage(side, side, type);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                image.setRGB(x, y, (x * 9 ^ y * 7) % 256 * 0x010101);
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageIO.write(image, format, out);
        return out.toByteArray();
    }

    private static byte[] flipped(byte[] bytes, int at) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= 0x55;
        return flipped;
    }

    /** A header that promises 60,000 x 60,000 pixels: 3.6 GB once decoded. */
    private static byte[] wide(byte[] png) {
        byte[] wide = png.clone();
        ByteBuffer.wrap(wide).putInt(16, 60_000).putInt(20, 60_000);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(wide, 12, 17);
        ByteBuffer.wrap(wide).putInt(29, (int) crc.getValue());
        return wide;
    }

    private static byte[] window(float broken) {
        ByteBuffer bytes = ByteBuffer.allocate(WINDOW * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < WINDOW; i++) {
            bytes.putFloat((float) Math.sin(i / 5.0));
        }
        bytes.putFloat(WINDOW / 2 * Float.BYTES, broken);
        return bytes.array();
    }
}
