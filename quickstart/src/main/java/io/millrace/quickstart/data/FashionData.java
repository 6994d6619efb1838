package io.millrace.quickstart.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Fashion-MNIST: the training images feed the stream, the test images judge models and never enter it.
 *
 * @param training images of the stream
 * @param test images that no model learns from
 */
public record FashionData(ImageSet training, ImageSet test) {
    private static final String IMAGES = "-images-idx3-ubyte.gz";
    private static final String LABELS = "-labels-idx1-ubyte.gz";

    /** The bundled sample: 10,000 training and 2,000 test images, as many of each class. */
    public static FashionData bundled() throws IOException {
        return new FashionData(
                ImageSet.read(resource("train" + IMAGES), resource("train" + LABELS)),
                ImageSet.read(resource("t10k" + IMAGES), resource("t10k" + LABELS)));
    }

    /** The four files of the full set, under their original names, in a directory. */
    public static FashionData in(Path directory) throws IOException {
        return new FashionData(
                ImageSet.read(file(directory, "train" + IMAGES), file(directory, "train" + LABELS)),
                ImageSet.read(file(directory, "t10k" + IMAGES), file(directory, "t10k" + LABELS)));
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(
                FashionData.class.getResourceAsStream("/fashion-mnist/" + name), "not in the jar: " + name);
    }

    private static InputStream file(Path directory, String name) throws IOException {
        return Files.newInputStream(directory.resolve(name));
    }
}
