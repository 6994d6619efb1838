package io.millrace.trainer.learn;

import com.sun.management.OperatingSystemMXBean;
import io.millrace.runtime.Settings;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.learn.FashionStream.LabelEvent;
import io.millrace.trainer.model.Compute;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.config.ConfigDef;

/**
 * The learner on {@link FashionStream}, without Kafka: what accuracy a recipe gives, and what it costs. The score is the
 * teacher's accuracy on the first 2,000 test images.
 *
 * <pre>
 *   FashionStreamTrial DIRECTORY [seed=7,8,9] [frames.per.step=4] [trainer.method=supervised] ...
 * </pre>
 */
public final class FashionStreamTrial {
    private static final int TRAIN = 60_000;
    private static final int TEST = 2_000;
    private static final int SCORES = 5;
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final LearnSettings settings;
    private final int framesPerStep;
    private final FashionStream stream;
    private final List<Sample> test;
    private final SplittableRandom draws;
    private final Map<Integer, Integer> labels = new TreeMap<>();
    private int nextEvent;

    /**
     * What came out.
     *
     * @param accuracy of the teacher after each fifth of the stream, percent
     * @param steps number of steps
     * @param labels labels in use at the end
     * @param maskRate mean over the last quarter
     * @param precision share of accepted pseudo-labels that were right, over the last quarter
     * @param cpuSeconds of the process while training, without scoring
     * @param wallSeconds of training, without scoring
     */
    public record Result(
            List<Double> accuracy,
            int steps,
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

    FashionStreamTrial(LearnSettings settings, int framesPerStep, FashionStream stream, List<Sample> test) {
        this.settings = settings;
        this.framesPerStep = framesPerStep;
        this.stream = stream;
        this.test = test;
        this.draws = new SplittableRandom(settings.seed() * 31 + 3);
    }

    /** Trains over the stream once. */
    Result run() {
        try (Compute compute = Compute.open(settings.device(), settings.threads());
                Learner learner =
                        new Learner(compute, settings.network(FashionStream.SHAPE, FashionStream.CLASSES), settings)) {
            return run(learner);
        }
    }

    private Result run(Learner learner) {
        int steps = FashionStream.FRAMES / framesPerStep;
        int lastQuarter = steps - steps / 4;
        PseudoLabels pseudoLabels = new PseudoLabels();
        List<Double> accuracy = new ArrayList<>();
        long cpu = 0;
        long wall = 0;
        for (int step = 1; step <= steps; step++) {
            TrainingBatch batch = batch(step);
            long cpuBefore = PROCESS.getProcessCpuTime();
            long wallBefore = System.nanoTime();
            StepResult result = learner.step(batch);
            cpu += PROCESS.getProcessCpuTime() - cpuBefore;
            wall += System.nanoTime() - wallBefore;
            if (step > lastQuarter) {
                pseudoLabels.count(result, batch);
            }
            if (step % (steps / SCORES) == 0) {
                accuracy.add(accuracy(learner));
            }
        }
        return new Result(
                accuracy,
                steps,
                labels.size(),
                pseudoLabels.maskRate(),
                pseudoLabels.precision(),
                cpu / 1e9,
                wall / 1e9);
    }

    /** Labeled samples class by class, so that each class is there as often; unlabeled ones new and replayed. */
    private TrainingBatch batch(int step) {
        int seen = step * framesPerStep;
        List<LabelEvent> events = stream.labelEvents();
        for (; nextEvent < events.size() && events.get(nextEvent).time() <= seen; nextEvent++) {
            labels.put(events.get(nextEvent).frame(), events.get(nextEvent).label());
        }
        List<List<Integer>> byClass = IntStream.range(0, FashionStream.CLASSES)
                .mapToObj(label -> labels.keySet().stream()
                        .filter(frame -> labels.get(frame) == label)
                        .toList())
                .filter(ofClass -> !ofClass.isEmpty())
                .toList();
        List<Sample> labeled = new ArrayList<>();
        for (int i = 0; i < settings.batchLabeled(); i++) {
            List<Integer> ofClass = byClass.get((step * settings.batchLabeled() + i) % byClass.size());
            int frame = ofClass.get(draws.nextInt(ofClass.size()));
            labeled.add(stream.frames().get(frame).labeled(labels.get(frame)));
        }
        List<Sample> unlabeled = new ArrayList<>(stream.frames().subList(seen - framesPerStep, seen));
        while (unlabeled.size() < settings.batchUnlabeled()) {
            unlabeled.add(stream.frames().get(draws.nextInt(seen)));
        }
        return new TrainingBatch(step, labeled, unlabeled, framesPerStep);
    }

    private double accuracy(Learner learner) {
        float[][] logits =
                learner.teacherLogits(test.stream().map(Sample::values).toList());
        long right = IntStream.range(0, logits.length)
                .filter(i -> Probabilities.argMax(logits[i]) == test.get(i).label())
                .count();
        return 100.0 * right / test.size();
    }

    /** How many pseudo-labels there were, and how many of them were right. */
    private static final class PseudoLabels {
        private double asked;
        private double accepted;
        private double right;

        void count(StepResult result, TrainingBatch batch) {
            for (int i = 0; i < result.pseudoLabels().length; i++) {
                asked++;
                accepted += result.pseudoLabels()[i] >= 0 ? 1 : 0;
                right += result.pseudoLabels()[i] == batch.unlabeled().get(i).label() ? 1 : 0;
            }
        }

        double maskRate() {
            return asked == 0 ? 0 : accepted / asked;
        }

        double precision() {
            return accepted == 0 ? 0 : right / accepted;
        }
    }

    /** Prints one line a seed, and the mean. */
    @SuppressWarnings("SystemOut") // a command
    public static void main(String[] args) throws IOException {
        Map<String, String> given = new LinkedHashMap<>();
        Arrays.stream(args).skip(1).forEach(arg -> given.put(arg.split("=", 2)[0], arg.split("=", 2)[1]));
        int framesPerStep = Integer.parseInt(given.getOrDefault("frames.per.step", "4"));
        String[] seeds = given.getOrDefault("seed", "7,8,9").split(",");
        given.keySet().removeAll(Set.of("frames.per.step", "seed"));
        List<Sample> train = FashionStream.read(Path.of(args[0]), "train", TRAIN);
        List<Sample> test = FashionStream.read(Path.of(args[0]), "t10k", TEST);
        ConfigDef declared = LearnSettings.declareIn(new ConfigDef());
        double sum = 0;
        for (String seed : seeds) {
            Map<String, String> values = new HashMap<>(given);
            values.put("trainer.seed", seed);
            LearnSettings settings = LearnSettings.from(Settings.of(declared, Set.of(), List.of(values)));
            FashionStream stream = FashionStream.draw(train, settings.seed());
            Result result = new FashionStreamTrial(settings, framesPerStep, stream, test).run();
            sum += result.finalAccuracy();
            System.out.println(given + " seed " + seed + ": " + result);
        }
        System.out.printf("%s mean %.2f%n", given, sum / seeds.length);
    }
}
