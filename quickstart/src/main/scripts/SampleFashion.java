import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * Makes the bundled sample: the first images of each class, in their original order.
 *
 * <pre>
 *   java quickstart/src/main/scripts/SampleFashion.java /usr/share/datasets/fashion-mnist \
 *       quickstart/src/main/resources/fashion-mnist
 * </pre>
 */
final class SampleFashion {
    private static final int CLASSES = 10;

    public static void main(String[] args) throws IOException {
        sample(Path.of(args[0]), Path.of(args[1]), "train", 1_000);
        sample(Path.of(args[0]), Path.of(args[1]), "t10k", 200);
    }

    private static void sample(Path from, Path to, String part, int perClass) throws IOException {
        DataInputStream images = open(from.resolve(part + "-images-idx3-ubyte.gz"));
        DataInputStream labels = open(from.resolve(part + "-labels-idx1-ubyte.gz"));
        images.readInt();
        int count = images.readInt();
        int height = images.readInt();
        int width = images.readInt();
        labels.readLong();
        ByteArrayOutputStream keptImages = new ByteArrayOutputStream();
        ByteArrayOutputStream keptLabels = new ByteArrayOutputStream();
        int[] taken = new int[CLASSES];
        for (int i = 0; i < count; i++) {
            byte[] image = images.readNBytes(height * width);
            int label = labels.readUnsignedByte();
            if (taken[label] < perClass) {
                taken[label]++;
                keptImages.write(image);
                keptLabels.write(label);
            }
        }
        write(to.resolve(part + "-images-idx3-ubyte.gz"), keptImages, 0x803, keptLabels.size(), height, width);
        write(to.resolve(part + "-labels-idx1-ubyte.gz"), keptLabels, 0x801, keptLabels.size());
    }

    private static DataInputStream open(Path file) throws IOException {
        return new DataInputStream(new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(file))));
    }

    private static void write(Path file, ByteArrayOutputStream values, int... header) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new SmallestGzip(Files.newOutputStream(file)))) {
            for (int number : header) {
                out.writeInt(number);
            }
            values.writeTo(out);
        }
    }

    private static final class SmallestGzip extends GZIPOutputStream {
        SmallestGzip(java.io.OutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_COMPRESSION);
        }
    }
}
