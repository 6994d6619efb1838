package io.millrace.benchmarks;

import io.millrace.benchmarks.LabelingRun.Result;
import io.millrace.quickstart.data.Drift;
import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.StreamPlan;
import io.millrace.quickstart.feed.LabelPlan.Habits;
import io.millrace.record.Encoding;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.request.RequestSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Labels that were asked for against labels given at random: a labeler that labels a share of the frames at random, one
 * that answers requests for a part of that share, and one that labels such a part at random. All labels are right, come
 * 1,000 frames after their frame or request, and ten of each class are there at the start.
 */
@Command(name = "labels", description = "Labels that were asked for against labels at random: accuracy for how many.")
final class LabelsBenchmark implements Callable<Integer> {
    private static final int QUICK_FRAMES = 6_000;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "First seed of stream and learner (default: ${DEFAULT-VALUE}).")
    long seed;

    @Option(names = "--seeds", description = "How many seeds, from the first one on (default: 5; quick: 1).")
    @Nullable
    Integer seeds;

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
            description = "Part of them that may be asked for (default: ${DEFAULT-VALUE}).")
    double part;

    @Option(
            names = "--arms",
            split = ",",
            defaultValue = "RANDOM,RANDOM_PART,ACTIVE_PART",
            description = "Which of ${COMPLETION-CANDIDATES} (default: all).")
    List<Arm> arms = List.of();

    @Option(names = "--frames", description = "Length of the stream (default: every training image once; quick: 6000).")
    @Nullable
    Integer frames;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Directory with the four files of Fashion-MNIST (default: the bundled sample).")
    @Nullable
    Path directory;

    /** Who labels, and how much. */
    enum Arm {
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
        List<Sample> test = FashionStream.test(data.test());
        int length = options.or(frames, QUICK_FRAMES, data.training().size());
        Map<Arm, Double> sums = new HashMap<>();
        List<Long> all =
                LongStream.range(seed, seed + options.or(seeds, 1, 5)).boxed().toList();
        for (long one : all) {
            for (Arm arm : arms) {
                Result result = run(arm, data, one, length, test);
                add(report, arm.id + ".seed" + one, result);
                System.err.println(arm + " " + one + " " + result);
                sums.merge(arm, result.accuracy(), Double::sum);
            }
        }
        sums.forEach((arm, sum) -> report.add(arm.id + ".accuracy.mean.percent", sum / all.size()));
        options.publish(report, spec.commandLine().getOut());
        return 0;
    }

    private Result run(Arm arm, FashionData data, long one, int length, List<Sample> test) {
        double share = arm == Arm.RANDOM ? labels : labels * part;
        boolean active = arm == Arm.ACTIVE_PART;
        Habits habits = new Habits(active ? 0 : share, LabelingRun.DELAY, 0, 1, 10);
        TrainerSettings settings = options.trainer(Map.of(
                "trainer.seed", Long.toString(one), RequestSettings.BUDGET_KEY, Double.toString(active ? share : 0)));
        StreamPlan plan = new StreamPlan(one, 4, Drift.NONE, length, Encoding.RAW_U8);
        return new LabelingRun(settings, new FashionStream(data.training(), plan, habits), test).run();
    }

    private static void add(Report report, String of, Result result) {
        report.add(of + ".accuracy.percent", result.accuracy());
        report.add(of + ".labels", result.labels());
        report.add(of + ".labels.asked.at.random", result.random());
        report.add(of + ".labels.chosen", result.chosen());
    }
}
