package io.millrace.benchmarks;

import io.millrace.benchmarks.FashionStreamTrial.Result;
import io.millrace.quickstart.data.FashionData;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.batch.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a {@link FashionStreamTrial} for each method and seed. */
@Command(
        name = "trial",
        description = "Accuracy and cost of learning methods on the stream of the demo, without Kafka.")
final class TrialBenchmark implements Callable<Integer> {
    private static final int QUICK_FRAMES = 1_000;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(
            names = "--methods",
            split = ",",
            defaultValue = "adamatch",
            description = "Methods, as trainer.method names them (default: ${DEFAULT-VALUE}).")
    List<String> methods = List.of();

    @Option(
            names = "--seeds",
            split = ",",
            defaultValue = "7",
            description = "Seeds of stream and learner (default: ${DEFAULT-VALUE}).")
    List<Long> seeds = List.of();

    @Option(names = "--frames", description = "Length of the stream (default: every training image once; quick: 1000).")
    @Nullable
    Integer frames;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Directory with the four files of Fashion-MNIST (default: the bundled sample).")
    @Nullable
    Path directory;

    @Override
    public Integer call() throws IOException {
        Report report = new Report("trial", Instant.now());
        FashionData data = directory == null ? FashionData.bundled() : FashionData.in(directory);
        List<Sample> test = FashionStream.test(data.test());
        int length = options.or(frames, QUICK_FRAMES, data.training().size());
        for (String method : methods) {
            double sum = 0;
            for (long seed : seeds) {
                TrainerSettings settings =
                        options.trainer(Map.of("trainer.method", method, "trainer.seed", Long.toString(seed)));
                Result result = new FashionStreamTrial(settings, FashionStream.of(data, seed, length), test).run();
                add(report, method + ".seed" + seed, result);
                sum += result.accuracy();
            }
            report.add(method + ".accuracy.mean.percent", sum / seeds.size());
        }
        options.publish(report, spec.commandLine().getOut());
        return 0;
    }

    private static void add(Report report, String of, Result result) {
        report.add(of + ".accuracy.percent", result.accuracy());
        report.add(of + ".steps", result.steps());
        report.add(of + ".labels", result.labels());
        report.add(of + ".gate.share", result.gateShare());
        report.add(of + ".pseudo.label.precision", result.precision());
        report.add(of + ".cpu.seconds", result.cpuSeconds());
        report.add(of + ".step.median.ms", result.step().median());
    }
}
