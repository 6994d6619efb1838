package io.millrace.trainer.learn;

import io.millrace.runtime.Settings;
import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.model.Compute;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.common.config.ConfigDef;

/**
 * The learner on a stream of Fashion-MNIST, without Kafka: what accuracy and what time a recipe gives.
 *
 * <p>10,000 training images, 1,000 a class, arrive once in a seeded order, {@code frames.per.step} at each step. 10 labels
 * a class are there at the start; later one frame in a hundred is labeled, 1,000 frames late, and one label in twenty is
 * wrong first and corrected 500 frames later. One frame in ten is held out and gives no label. The score is the teacher's
 * accuracy on the first 2,000 test images.
 *
 * <pre>
 *   FashionStreamTrial DIRECTORY [seed=7,8,9] [frames.per.step=4] [trainer.method=supervised] ...
 * </pre>
 */
public final class FashionStreamTrial {
    private static final SampleShape SHAPE = SampleShape.of(1, 28, 28);
    private static final int CLASSES = 10;
    private static final int FRAMES = 10_000;
    private static final int TEST = 2_000;
    private static final int DELAY = 1_000;
    private static final int CORRECTED_AFTER = 500;

    private final List<Sample> train;
    private final List<Sample> test;

    /** Images and labels in the files of the original distribution. */
    public FashionStreamTrial(Path directory) throws IOException {
        train = read(directory, "train", 60_000);
        test = read(directory, "t10k", TEST);
    }

    /**
     * What came out.
     *
     * @param accuracy of the teacher after each fifth of the stream, percent
     * @param steps number of steps
     * @param labels labels in use at the end
     * @param maskRate mean over the last quarter
     * @param precision share of accepted pseudo-labels that were right, over the last quarter
     * @param cpuSeconds of the training thread, without scoring
     * @param wallSeconds without scoring
     */
    public record Result(
            List<Double> accuracy,
            long steps,
            int labels,
            double maskRate,
            double precision,
            double cpuSeconds,
            double wallSeconds) {
        /** At the end of the stream. */
        public double finalAccuracy() {
            return accuracy.get(accuracy.size() - 1);
        }
    }

    private record LabelEvent(int time, int frame, int label) {}

    /** Trains over the stream once. */
    public Result run(LearnSettings settings, int framesPerStep, long seed) {
        try (Compute compute = Compute.open(settings.device(), settings.threads());
                Learner learner = new Learner(compute, settings.network(SHAPE, CLASSES), settings)) {
            return run(learner, settings, framesPerStep, seed);
        }
    }

    private Result run(Learner learner, LearnSettings settings, int framesPerStep, long seed) {
        List<Sample> stream = stream(seed);
        List<LabelEvent> events = labelEvents(stream, seed);
        SplittableRandom draws = new SplittableRandom(seed * 31 + 3);
        Map<Integer, Integer> labels = new TreeMap<>();
        int steps = FRAMES / framesPerStep;
        int next = 0;
        double mask = 0;
        double right = 0;
        double accepted = 0;
        long cpu = 0;
        long wall = 0;
        List<Double> accuracy = new ArrayList<>();
        for (int t = 1; t <= steps; t++) {
            int seen = t * framesPerStep;
            for (; next < events.size() && events.get(next).time() <= seen; next++) {
                labels.put(events.get(next).frame(), events.get(next).label());
            }
            TrainingBatch batch = batch(t, stream, labels, seen, framesPerStep, settings, draws);
            long cpuBefore = cpuNanos();
            long wallBefore = System.nanoTime();
            StepResult result = learner.step(batch);
            cpu += cpuNanos() - cpuBefore;
            wall += System.nanoTime() - wallBefore;
            if (t > steps * 3 / 4) {
                mask += result.maskRate() / (steps - steps * 3 / 4);
                for (int i = 0; i < result.pseudoLabels().length; i++) {
                    accepted += result.pseudoLabels()[i] >= 0 ? 1 : 0;
                    right +=
                            result.pseudoLabels()[i] == batch.unlabeled().get(i).label() ? 1 : 0;
                }
            }
            if (t % (steps / 5) == 0) {
                accuracy.add(accuracy(learner));
            }
        }
        return new Result(
                accuracy, steps, labels.size(), mask, accepted == 0 ? 0 : right / accepted, cpu / 1e9, wall / 1e9);
    }

    private static TrainingBatch batch(
            int step,
            List<Sample> stream,
            Map<Integer, Integer> labels,
            int seen,
            int fresh,
            LearnSettings settings,
            SplittableRandom draws) {
        List<List<Integer>> byClass = new ArrayList<>();
        for (int c = 0; c < CLASSES; c++) {
            int wanted = c;
            List<Integer> frames = labels.keySet().stream()
                    .filter(frame -> labels.get(frame) == wanted)
                    .toList();
            if (!frames.isEmpty()) {
                byClass.add(frames);
            }
        }
        List<Sample> labeled = new ArrayList<>();
        for (int j = 0; j < settings.batchLabeled(); j++) {
            List<Integer> ofClass = byClass.get((step * settings.batchLabeled() + j) % byClass.size());
            int frame = ofClass.get(draws.nextInt(ofClass.size()));
            labeled.add(stream.get(frame).labeled(labels.get(frame)));
        }
        List<Sample> unlabeled = new ArrayList<>(stream.subList(seen - fresh, seen));
        while (unlabeled.size() < settings.batchUnlabeled()) {
            unlabeled.add(stream.get(draws.nextInt(seen)));
        }
        return new TrainingBatch(step, labeled, unlabeled, fresh);
    }

    private double accuracy(Learner learner) {
        float[][] logits =
                learner.teacherLogits(test.stream().map(Sample::values).toList());
        long right = IntStream.range(0, logits.length)
                .filter(i -> Probabilities.argMax(logits[i]) == test.get(i).label())
                .count();
        return 100.0 * right / test.size();
    }

    private List<Sample> stream(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] count = new int[CLASSES];
        List<Sample> shuffled = new ArrayList<>(train);
        shuffle(shuffled, random);
        return shuffled.stream()
                .filter(sample -> count[sample.label()]++ < FRAMES / CLASSES)
                .toList();
    }

    private static void shuffle(List<Sample> samples, SplittableRandom random) {
        for (int i = samples.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            samples.set(i, samples.set(j, samples.get(i)));
        }
    }

    private static List<LabelEvent> labelEvents(List<Sample> stream, long seed) {
        SplittableRandom random = new SplittableRandom(seed * 31 + 1);
        boolean[] heldOut = new boolean[FRAMES];
        for (int i = 0; i < FRAMES; i++) {
            heldOut[i] = random.nextInt(10) == 0;
        }
        List<LabelEvent> events = new ArrayList<>();
        int[] count = new int[CLASSES];
        Set<Integer> first = new HashSet<>();
        for (int i = 0; i < FRAMES; i++) {
            if (count[stream.get(i).label()]++ < 10) {
                first.add(i);
            }
        }
        for (int i = 0; i < FRAMES; i++) {
            boolean chosen = random.nextInt(100) == 0;
            boolean wrong = random.nextInt(20) == 0;
            int other = (stream.get(i).label() + 1 + random.nextInt(CLASSES - 1)) % CLASSES;
            if (heldOut[i] || !(chosen || first.contains(i))) {
                continue;
            }
            int time = first.contains(i) ? 0 : i + 1 + DELAY;
            events.add(new LabelEvent(time, i, wrong ? other : stream.get(i).label()));
            if (wrong) {
                events.add(
                        new LabelEvent(time + CORRECTED_AFTER, i, stream.get(i).label()));
            }
        }
        events.sort((a, b) -> Integer.compare(a.time(), b.time()));
        return events;
    }

    private static List<Sample> read(Path directory, String part, int count) throws IOException {
        int size = SHAPE.values();
        List<Sample> samples = new ArrayList<>(count);
        try (DataInputStream images = open(directory.resolve(part + "-images-idx3-ubyte.gz"), 16);
                DataInputStream labels = open(directory.resolve(part + "-labels-idx1-ubyte.gz"), 8)) {
            byte[] pixels = new byte[size];
            for (int i = 0; i < count; i++) {
                images.readFully(pixels);
                float[] values = new float[size];
                for (int k = 0; k < size; k++) {
                    values[k] = (pixels[k] & 0xff) / 255f;
                }
                samples.add(new Sample(part + i, "camera", values, labels.readUnsignedByte()));
            }
        }
        return samples;
    }

    private static DataInputStream open(Path file, int header) throws IOException {
        InputStream bytes = new GZIPInputStream(Files.newInputStream(file), 1 << 16);
        DataInputStream data = new DataInputStream(bytes);
        data.skipBytes(header);
        return data;
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean)
                        java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** Prints one line a seed and the mean. */
    @SuppressWarnings("SystemOut") // a command
    public static void main(String[] args) throws IOException {
        Map<String, String> given = new LinkedHashMap<>();
        Arrays.stream(args).skip(1).forEach(arg -> given.put(arg.split("=", 2)[0], arg.split("=", 2)[1]));
        int framesPerStep = Integer.parseInt(given.getOrDefault("frames.per.step", "4"));
        String[] seeds = given.getOrDefault("seed", "7,8,9").split(",");
        given.keySet().removeAll(Set.of("frames.per.step", "seed"));
        FashionStreamTrial trial = new FashionStreamTrial(Path.of(args[0]));
        double sum = 0;
        for (String seed : seeds) {
            Map<String, String> values = new HashMap<>(given);
            values.put("trainer.seed", seed);
            ConfigDef declared = LearnSettings.declareIn(new ConfigDef());
            LearnSettings settings = LearnSettings.from(Settings.of(declared, Set.of(), List.of(values)));
            Result result = trial.run(settings, framesPerStep, Long.parseLong(seed));
            sum += result.finalAccuracy();
            System.out.println(given + " seed " + seed + ": " + result);
        }
        System.out.printf("%s mean %.2f%n", given, sum / seeds.length);
    }
}
