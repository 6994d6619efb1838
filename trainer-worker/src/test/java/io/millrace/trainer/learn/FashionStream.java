package io.millrace.trainer.learn;

import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;

/**
 * Fashion-MNIST as a stream with late labels, drawn from a seed.
 *
 * <p>10,000 training images, 1,000 a class, in a seeded order. One frame in ten is held out and never labeled. The first
 * ten frames of each class are labeled at the start; of the others one in a hundred, 1,000 frames late. One label in
 * twenty is wrong first and corrected 500 frames later.
 *
 * @param frames in order of arrival, each with its true label
 * @param labelEvents in order of time
 */
record FashionStream(List<Sample> frames, List<LabelEvent> labelEvents) {
    static final SampleShape SHAPE = SampleShape.of(1, 28, 28);
    static final int CLASSES = 10;
    static final int FRAMES = 10_000;

    private static final int AT_START = 10;
    private static final int DELAY = 1_000;
    private static final int CORRECTED_AFTER = 500;

    /**
     * A label that arrives.
     *
     * @param time number of frames that have arrived by then
     * @param frame place of the frame in the stream
     * @param label class, possibly wrong
     */
    record LabelEvent(int time, int frame, int label) {}

    /** Draws order and labels. */
    static FashionStream draw(List<Sample> images, long seed) {
        List<Sample> frames = order(images, new SplittableRandom(seed));
        return new FashionStream(frames, label(frames, new SplittableRandom(seed * 31 + 1)));
    }

    private static List<Sample> order(List<Sample> images, SplittableRandom random) {
        List<Sample> shuffled = new ArrayList<>(images);
        for (int i = shuffled.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            shuffled.set(i, shuffled.set(j, shuffled.get(i)));
        }
        int[] count = new int[CLASSES];
        return shuffled.stream()
                .filter(image -> count[image.label()]++ < FRAMES / CLASSES)
                .toList();
    }

    private static List<LabelEvent> label(List<Sample> frames, SplittableRandom random) {
        List<LabelEvent> events = new ArrayList<>();
        int[] count = new int[CLASSES];
        for (int frame = 0; frame < frames.size(); frame++) {
            int label = frames.get(frame).label();
            boolean heldOut = random.nextInt(10) == 0;
            boolean chosen = random.nextInt(100) == 0;
            boolean wrong = random.nextInt(20) == 0;
            int other = (label + 1 + random.nextInt(CLASSES - 1)) % CLASSES;
            boolean atStart = count[label]++ < AT_START;
            if (heldOut || !(chosen || atStart)) {
                continue;
            }
            int time = atStart ? 0 : frame + 1 + DELAY;
            events.add(new LabelEvent(time, frame, wrong ? other : label));
            if (wrong) {
                events.add(new LabelEvent(time + CORRECTED_AFTER, frame, label));
            }
        }
        events.sort(Comparator.comparingInt(LabelEvent::time));
        return events;
    }

    /** Reads the first images of a part, {@code train} or {@code t10k}, from the files of the original distribution. */
    static List<Sample> read(Path directory, String part, int count) throws IOException {
        List<Sample> samples = new ArrayList<>(count);
        try (DataInputStream images = open(directory.resolve(part + "-images-idx3-ubyte.gz"), 16);
                DataInputStream labels = open(directory.resolve(part + "-labels-idx1-ubyte.gz"), 8)) {
            byte[] pixels = new byte[SHAPE.values()];
            for (int i = 0; i < count; i++) {
                images.readFully(pixels);
                float[] values = new float[pixels.length];
                for (int k = 0; k < values.length; k++) {
                    values[k] = (pixels[k] & 0xff) / 255f;
                }
                samples.add(new Sample(part + i, "camera", values, labels.readUnsignedByte()));
            }
        }
        return samples;
    }

    private static DataInputStream open(Path file, int header) throws IOException {
        DataInputStream data = new DataInputStream(new GZIPInputStream(Files.newInputStream(file), 1 << 16));
        data.skipNBytes(header);
        return data;
    }
}
