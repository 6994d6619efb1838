package io.millrace.trainer.learn;

import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.BatchAssembler;
import io.millrace.trainer.batch.LabeledBuffer;
import io.millrace.trainer.batch.LabeledBuffer.Eviction;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.batch.UnlabeledBuffer;
import io.millrace.trainer.model.Compute;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * What a method learns from a stream of which 30 % are frames of no class: run by hand, see docs/adr/0011. Classes 0 to
 * K - 1 of Fashion-MNIST are known, 10 labels of each at the start, then 1 % of the known frames after 1,000 frames.
 *
 * <pre>
 *   OpenSetExperiment DIR UNKNOWN STEPS SEED [KEY=VALUE ...]
 * </pre>
 *
 * <p>DIR has the files of Fashion-MNIST; UNKNOWN is a file of images in their format, which are the unknown ones, or
 * {@code held}: then classes 7, 8 and 9 are.
 */
final class OpenSetExperiment {
    private static final SampleShape SHAPE = SampleShape.of(1, 28, 28);
    private static final int HEADER = 16;
    private static final int LABEL_HEADER = 8;
    private static final int UNKNOWN = -2;
    private static final int FRESH = 4;
    private static final int DELAY = 1_000;
    private static final int EVERY = 250;

    private final int classes;
    private final SplittableRandom random;
    private final Deque<Sample> known = new ArrayDeque<>();
    private final List<float[]> unknown = new ArrayList<>();
    private final List<Sample> start = new ArrayList<>();
    private final Map<Integer, List<Sample>> due = new HashMap<>();
    private int frame;

    private OpenSetExperiment(Path directory, String unknownFrames, long seed) throws IOException {
        boolean heldOut = unknownFrames.equals("held");
        classes = heldOut ? 7 : 10;
        random = new SplittableRandom(seed);
        byte[] images = unzipped(directory.resolve("train-images-idx3-ubyte.gz"));
        byte[] labels = unzipped(directory.resolve("train-labels-idx1-ubyte.gz"));
        int[] perClass = new int[classes];
        for (int i : order(labels.length - LABEL_HEADER)) {
            int label = labels[LABEL_HEADER + i];
            if (label >= classes) {
                unknown.add(image(images, i));
            } else if (perClass[label]++ < 10) {
                start.add(new Sample("start-" + i, "camera", image(images, i), label));
            } else {
                known.add(new Sample("known-" + i, "camera", image(images, i), label));
            }
        }
        if (!heldOut) {
            byte[] others = unzipped(Path.of(unknownFrames));
            for (int i = 0; i < (others.length - HEADER) / SHAPE.values(); i++) {
                unknown.add(image(others, i));
            }
        }
    }

    /** Counts over unlabeled samples, fresh and replayed. */
    private static final class Counts {
        private final Map<String, Integer> numbers = new TreeMap<>();

        void add(TrainingBatch batch, StepResult result) {
            for (int i = 0; i < batch.unlabeled().size(); i++) {
                String what = batch.unlabeled().get(i).label() == UNKNOWN ? "unknown" : "known";
                numbers.merge(what, 1, Integer::sum);
                if (result.pseudoLabels()[i] < 0) {
                    numbers.merge(what + ".out", 1, Integer::sum);
                }
                numbers.merge(what + "." + result.reasons().get(i), 1, Integer::sum);
            }
        }

        double share(String what, String of) {
            return numbers.getOrDefault(what, 0) / (double) numbers.getOrDefault(of, 1);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Map<String, String> given = new HashMap<>(Map.of("trainer.threads", "1", "trainer.seed", arguments[3]));
        for (int i = 4; i < arguments.length; i++) {
            String[] pair = arguments[i].split("=", 2);
            given.put(pair[0], pair[1]);
        }
        new OpenSetExperiment(Path.of(arguments[0]), arguments[1], Long.parseLong(arguments[3]))
                .run(Integer.parseInt(arguments[2]), LearnSettingsTest.with(given), Path.of(arguments[0]));
    }

    private void run(int steps, LearnSettings settings, Path directory) throws IOException {
        PrintStream out = System.out;
        LabeledBuffer labeled = new LabeledBuffer(settings.labeledCapacity(), Eviction.OLDEST_OF_LARGEST_CLASS);
        UnlabeledBuffer unlabeled = new UnlabeledBuffer(settings.unlabeledCapacity());
        BatchAssembler assembler =
                new BatchAssembler(settings.seed(), settings.batchLabeled(), settings.batchUnlabeled());
        out.println("step labels accuracy | unknown: out novel | known: out novel | since");
        try (Compute compute = Compute.open("cpu", settings.threads());
                Learner learner = new Learner(compute, settings.network(SHAPE, classes), settings)) {
            learner.score(start);
            start.forEach(labeled::put);
            Counts all = new Counts();
            Counts part = new Counts();
            for (int step = 1; step <= steps; step++) {
                List<Sample> arrived = new ArrayList<>();
                List<Sample> fresh = new ArrayList<>();
                for (int i = 0; i < FRESH; i++) {
                    fresh.add(next(arrived));
                }
                if (!arrived.isEmpty()) {
                    learner.score(arrived);
                    arrived.forEach(labeled::put);
                }
                TrainingBatch batch =
                        assembler.assemble(step, labeled, unlabeled, fresh).orElseThrow();
                unlabeled.addAll(fresh);
                StepResult result = learner.step(batch);
                part.add(batch, result);
                all.add(batch, result);
                if (step % EVERY == 0) {
                    print(out, step, labeled.size(), Double.NaN, part);
                    part = new Counts();
                }
            }
            print(out, steps, labeled.size(), accuracy(learner, directory), all);
        }
    }

    private static void print(PrintStream out, int step, int labels, double accuracy, Counts counts) {
        out.printf(
                "%d %d %.3f | %.3f %.3f | %.3f %.3f | %s%n",
                step,
                labels,
                accuracy,
                counts.share("unknown.out", "unknown"),
                counts.share("unknown.NOVEL", "unknown"),
                counts.share("known.out", "known"),
                counts.share("known.NOVEL", "known"),
                counts.numbers);
    }

    /** The next frame; labels that are due with it are added to those that arrived. */
    private Sample next(List<Sample> arrived) {
        arrived.addAll(due.getOrDefault(frame, List.of()));
        frame++;
        if (random.nextDouble() < 0.3) {
            return new Sample("unknown-" + frame, "camera", unknown.get(frame % unknown.size()), UNKNOWN);
        }
        Sample sample = known.remove();
        if (random.nextDouble() < 0.01) {
            due.computeIfAbsent(frame + DELAY, key -> new ArrayList<>()).add(sample);
        }
        return sample;
    }

    private double accuracy(Learner learner, Path directory) throws IOException {
        byte[] images = unzipped(directory.resolve("t10k-images-idx3-ubyte.gz"));
        byte[] labels = unzipped(directory.resolve("t10k-labels-idx1-ubyte.gz"));
        List<float[]> samples = new ArrayList<>();
        List<Integer> truth = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            if (labels[LABEL_HEADER + i] < classes) {
                samples.add(image(images, i));
                truth.add((int) labels[LABEL_HEADER + i]);
            }
        }
        float[][] logits = learner.teacherLogits(samples);
        double right = 0;
        for (int i = 0; i < logits.length; i++) {
            right += Probabilities.argMax(logits[i]) == truth.get(i) ? 1 : 0;
        }
        return right / logits.length;
    }

    private int[] order(int size) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static float[] image(byte[] images, int index) {
        float[] values = new float[SHAPE.values()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (images[HEADER + index * values.length + i] & 255) / 255f;
        }
        return values;
    }

    private static byte[] unzipped(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readAllBytes();
        }
    }
}
