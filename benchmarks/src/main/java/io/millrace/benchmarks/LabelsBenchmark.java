package io.millrace.benchmarks;

import io.millrace.benchmarks.LabelingRun.Result;
import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.feed.LabelPlan.Habits;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.request.RequestSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Labels that are asked for against labels at random: a labeler that labels a share of the frames at random, one that
 * labels a part of that share at random, and one that answers requests for as many. All labels are right, come
 * 1,000 frames after their frame or request, and ten of each class are there at the start.
 */
@Command(name = "labels", description = "Labels that are asked for against labels at random: accuracy for how many.")
final class LabelsBenchmark implements Callable<Integer> {
    private static final int QUICK_FRAMES = 3_000;
    private static final int INITIAL_PER_CLASS = 10;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(
            names = "--seeds",
            split = ",",
            description = "Seeds of stream and learner (default: 1,2,3,4,5; quick: 1); --seed names one.")
    @Nullable
    List<Long> seeds;

    @Option(
            names = "--labels",
            paramLabel = "P",
            defaultValue = "0.01",
            description = "Share of the frames that the random labeler labels (default: ${DEFAULT-VALUE}).")
    double labels;

    @Option(
            names = "--part",
            paramLabel = "P",
            defaultValue = "0.6",
            description = "Part of these labels that the other two labelers give (default: ${DEFAULT-VALUE}).")
    double part;

    @Option(names = "--frames", description = "Length of the stream (default: every training image once; quick: 3000).")
    @Nullable
    Integer frames;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Directory with the four files of Fashion-MNIST (default: the bundled sample).")
    @Nullable
    Path directory;

    /** Who labels, and how much. */
    private enum Arm {
        /** The whole share, at random. */
        RANDOM("random"),
        /** The part of it, at random. */
        RANDOM_PART("random.part"),
        /** The part of it, as it is asked for. */
        ACTIVE_PART("active.part");

        private final String id;

        Arm(String id) {
            this.id = id;
        }
    }

    @Override
    public Integer call() throws IOException {
        Report report = new Report("labels", Instant.now());
        FashionData data = directory == null ? FashionData.bundled() : FashionData.in(directory);
        int length = options.or(frames, QUICK_FRAMES, data.training().size());
        Map<Arm, List<Double>> accuracies = new EnumMap<>(Arm.class);
        for (long seed : seeds()) {
            for (Arm arm : Arm.values()) {
                Result result = run(arm, data, seed, length);
                add(report, arm.id + ".seed" + seed, result);
                accuracies.computeIfAbsent(arm, key -> new ArrayList<>()).add(result.accuracy());
                tell(arm, seed, result);
            }
        }
        accuracies.forEach((arm, all) -> report.add(arm.id + ".accuracy.mean.percent", mean(all)));
        compare(report, "active.part.minus.random", accuracies, Arm.RANDOM);
        compare(report, "active.part.minus.random.part", accuracies, Arm.RANDOM_PART);
        options.publish(report, spec.commandLine().getOut());
        return 0;
    }

    private List<Long> seeds() {
        if (options.seed != null) {
            return List.of(options.seed);
        }
        if (seeds != null) {
            return seeds;
        }
        return options.quick ? List.of(1L) : List.of(1L, 2L, 3L, 4L, 5L);
    }

    private Result run(Arm arm, FashionData data, long seed, int length) {
        double share = arm == Arm.RANDOM ? labels : labels * part;
        boolean active = arm == Arm.ACTIVE_PART;
        TrainerSettings settings = options.trainer(Map.of(
                "trainer.seed", Long.toString(seed), RequestSettings.BUDGET_KEY, Double.toString(active ? share : 0)));
        Habits habits = new Habits(active ? 0 : share, LabelingRun.DELAY, 0, 1, INITIAL_PER_CLASS);
        return LabelingRun.of(settings, new LabelingStream(data, seed, length, habits));
    }

    private void tell(Arm arm, long seed, Result result) {
        spec.commandLine()
                .getErr()
                .printf(
                        Locale.ROOT,
                        "%s, seed %d: %.2f %% with %d labels%n",
                        arm.id,
                        seed,
                        result.accuracy(),
                        result.labels());
    }

    private static void add(Report report, String of, Result result) {
        report.add(of + ".accuracy.percent", result.accuracy());
        report.add(of + ".labels", result.labels());
        report.add(of + ".asked.at.random", result.askedAtRandom());
        report.add(of + ".asked.by.score", result.chosen());
    }

    /** Mean of the differences seed by seed, in points, and its standard error where there are two or more. */
    private static void compare(Report report, String name, Map<Arm, List<Double>> accuracies, Arm with) {
        List<Double> differences = new ArrayList<>();
        List<Double> active = accuracies.getOrDefault(Arm.ACTIVE_PART, List.of());
        List<Double> others = accuracies.getOrDefault(with, List.of());
        for (int i = 0; i < active.size(); i++) {
            differences.add(active.get(i) - others.get(i));
        }
        double mean = mean(differences);
        double squares = differences.stream()
                .mapToDouble(difference -> (difference - mean) * (difference - mean))
                .sum();
        int size = differences.size();
        report.add(name + ".mean.points", mean);
        report.add(name + ".standard.error", size < 2 ? Double.NaN : Math.sqrt(squares / (size - 1) / size));
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }
}
