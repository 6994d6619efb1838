package io.millrace.benchmarks.learning;

import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.ImageSet;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Images of 8 x 8 pixels of which the first three tell class and number; the others are grey. */
final class TinyImages {
    private static final int SIDE = 8;

    private TinyImages() {}

    /** So many training images of each of ten classes, and a tenth as many for the test. */
    static FashionData data(int perClass) {
        return new FashionData(images(perClass), images(perClass / 10));
    }

    static ImageSet images(int perClass) {
        int count = 10 * perClass;
        try {
            return ImageSet.read(
                    zipped(out -> {
                        out.writeInt(0x803);
                        out.writeInt(count);
                        out.writeInt(SIDE);
                        out.writeInt(SIDE);
                        for (int i = 0; i < count; i++) {
                            byte[] pixels = new byte[SIDE * SIDE];
                            java.util.Arrays.fill(pixels, (byte) 100);
                            pixels[0] = (byte) (i % 10);
                            pixels[1] = (byte) (i / 256);
                            pixels[2] = (byte) i;
                            out.write(pixels);
                        }
                    }),
                    zipped(out -> {
                        out.writeInt(0x801);
                        out.writeInt(count);
                        for (int i = 0; i < count; i++) {
                            out.writeByte(i % 10);
                        }
                    }));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Content {
        void writeTo(DataOutputStream out) throws IOException;
    }

    private static InputStream zipped(Content content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
            content.writeTo(out);
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }
}
