package io.millrace.benchmarks.learning;

import io.millrace.benchmarks.BenchmarkOptions;
import io.millrace.benchmarks.Report;
import io.millrace.benchmarks.learning.LearningRun.Examinations;
import io.millrace.quickstart.watch.Numbers;
import io.millrace.trainer.TrainerSettings;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Leads each arm over a stream with each seed, and adds accuracies and costs to a report. */
final class SampleTrials {
    private static final Examinations LOOKS = new Examinations(10, 1_000);
    private static final Examinations FEW_LOOKS = new Examinations(4, 500);

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(
            names = "--arms",
            split = ",",
            defaultValue = "supervised,adamatch,vat,mean-teacher,oracle",
            description = "Arms, as those of the benchmark learning (default: ${DEFAULT-VALUE}).")
    List<String> arms = List.of();

    @Option(
            names = "--seeds",
            split = ",",
            defaultValue = "1",
            description = "Seeds of stream and learner (default: ${DEFAULT-VALUE}); --seed names one.")
    List<Long> seeds = List.of();

    @Option(names = "--frames", description = "Length of the stream (quick: 1200).")
    @Nullable
    Integer frames;

    private static final int QUICK_FRAMES = 1_200;

    /** Length of the stream. */
    int length(int usual) {
        return options.or(frames, QUICK_FRAMES, usual);
    }

    /** @param stream gives the stream of a seed @param err is told how far it is */
    void run(Report report, LongFunction<? extends LearningStream> stream, PrintWriter err) {
        List<Long> all = options.seed == null ? seeds : List.of(options.seed);
        List<Arm> led = arms.stream().map(Arm::of).toList();
        Progress progress =
                new Progress(err, System.console() != null, led.size() * all.size(), InstantSource.system());
        for (Arm arm : led) {
            List<Double> ends = new ArrayList<>();
            List<Double> anytimes = new ArrayList<>();
            for (long seed : all) {
                LearningStream over = stream.apply(seed);
                String name = over.name() + "." + arm.name();
                progress.begin(name + " seed " + seed);
                RunResult result = run(over, arm, seed, progress);
                progress.end(Numbers.percent(result.end().accuracy()) + " in the end");
                ends.add(result.end().accuracy());
                anytimes.add(CurveFigures.anytime(result.curve()));
                add(report, name + ".seed" + seed, result);
                if (ends.size() == all.size()) {
                    report.add(name + ".accuracy.mean.percent", percent(ends));
                    report.add(name + ".anytime.mean.percent", percent(anytimes));
                }
            }
        }
    }

    private RunResult run(LearningStream over, Arm arm, long seed, Progress progress) {
        TrainerSettings settings =
                options.trainer(Map.of("trainer.method", arm.method().text(), "trainer.seed", Long.toString(seed)));
        try (LearningRun run = new LearningRun(over, arm, settings, options.quick ? FEW_LOOKS : LOOKS)) {
            return run.run(point -> progress.advance((double) point.frames() / over.length(), point.accuracy()));
        }
    }

    private static void add(Report report, String of, RunResult result) {
        report.add(of + ".accuracy.percent", 100 * result.end().accuracy());
        report.add(of + ".calibration.error", result.end().calibrationError());
        report.add(of + ".labels", result.labels());
        report.add(of + ".steps", result.steps());
        report.add(of + ".pseudo.label.coverage", result.gate().coverage());
        report.add(of + ".pseudo.label.precision", result.gate().precision());
        report.add(of + ".cpu.seconds", result.cpuSeconds());
    }

    private static double percent(List<Double> shares) {
        return 100 * shares.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
