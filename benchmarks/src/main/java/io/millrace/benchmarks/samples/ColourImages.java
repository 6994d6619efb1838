package io.millrace.benchmarks.samples;

import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Colour images of 32 x 32 pixels in ten classes, in the binary format of CIFAR-10 (Krizhevsky 2009): records of a class and
 * 3,072 bytes, red, green, blue, row by row. {@code data_batch_1.bin} to {@code data_batch_5.bin} are streamed,
 * {@code test_batch.bin} judges; each may hold any number of records.
 */
public final class ColourImages {
    private static final SampleShape SHAPE = SampleShape.of(3, 32, 32);
    private static final int CLASSES = 10;
    private static final float MAX_BYTE = 255f;

    private ColourImages() {}

    /** @param directory with the six files */
    public static SampleSet in(Path directory) throws IOException {
        List<Sample> training = new ArrayList<>();
        for (int batch = 1; batch <= 5; batch++) {
            training.addAll(read(directory.resolve("data_batch_" + batch + ".bin")));
        }
        return new SampleSet(SHAPE, CLASSES, training, read(directory.resolve("test_batch.bin")));
    }

    private static List<Sample> read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int length = 1 + SHAPE.values();
        if (bytes.length % length != 0) {
            throw new IOException("expected records of " + length + " bytes in " + file + ", got " + bytes.length);
        }
        List<Sample> samples = new ArrayList<>();
        for (int start = 0; start < bytes.length; start += length) {
            int label = bytes[start];
            if (label < 0 || label >= CLASSES) {
                throw new IOException("expected a class of 0 to 9, got " + label + " at byte " + start + " of " + file);
            }
            int first = start + 1;
            float[] values = new float[SHAPE.values()];
            IntStream.range(0, values.length).forEach(i -> values[i] = (bytes[first + i] & 0xFF) / MAX_BYTE);
            samples.add(new Sample(file.getFileName() + "-" + start / length, "camera-1", values, label));
        }
        return samples;
    }
}
