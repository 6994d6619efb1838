package io.millrace.benchmarks.learning;

import io.millrace.benchmarks.BenchmarkOptions;
import io.millrace.benchmarks.Report;
import io.millrace.benchmarks.learning.LearningRuns.Planned;
import io.millrace.benchmarks.learning.RunRow.Key;
import io.millrace.benchmarks.learning.RunRow.Origin;
import io.millrace.quickstart.data.FashionData;
import io.millrace.trainer.TrainerSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Leads every arm over every stream with every seed, and tells what came of it. Finished runs are not made again. */
@Command(
        name = "learning",
        description = "How well methods learn from streams that drift; runs are kept, and gone on with.",
        footer = {
            "",
            "Arms: a method of trainer.method; no-update; oracle; METHOD*K takes K steps for each batch of frames;",
            "METHOD@OTHER takes as many steps as the CPU time of OTHER pays for."
        })
public final class LearningBenchmark implements Callable<Integer> {
    private static final int QUICK_FRAMES = 1_200;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Mixin
    LearningOptions learning = new LearningOptions();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "benchmarks/results",
            description = "Where results are kept (default: ${DEFAULT-VALUE}). For one process at a time.")
    Path out = Path.of("benchmarks", "results");

    @Option(names = "--merge", split = ",", paramLabel = "DIR", description = "Takes over runs that are kept there.")
    List<Path> merged = List.of();

    @Option(names = "--report", description = "Makes no run; writes tables and plots of the runs that are there.")
    boolean reportOnly;

    @Override
    public Integer call() throws IOException {
        Report report = new Report("learning", Instant.now());
        ResultsFiles files = new ResultsFiles(out);
        ResultsTable table = files.table();
        for (Path other : merged) {
            for (RunRow row : new ResultsFiles(other).table().rows()) {
                if (table.find(row.key()).isEmpty()) {
                    table.add(row);
                }
            }
        }
        String settings = reportOnly ? null : run(table);
        LearningReport results = new LearningReport(table.rows());
        files.write(results).ifPresent(why -> spec.commandLine().getErr().println("No plots: " + why));
        for (List<RunRow> group : results.protocols()) {
            if (settings == null || group.get(0).settings().equals(settings)) {
                results.addTo(report, group.get(0).settings());
                break;
            }
        }
        options.publish(report, spec.commandLine().getOut());
        spec.commandLine().getOut().println("Tables and plots: " + files.directory());
        return 0;
    }

    /** Makes the runs that are not there yet. @return hash of protocol and settings */
    private String run(ResultsTable table) throws IOException {
        FashionData data = learning.data();
        int length = options.or(learning.frames, QUICK_FRAMES, data.training().size());
        TrainerSettings usual = options.trainer(Map.of());
        List<Planned> planned = new ArrayList<>();
        try {
            FashionStreams streams = learning.streams(data, length);
            LearningProtocol protocol = learning.protocol(streams, options);
            for (StreamName stream : learning.streamNames()) {
                for (long seed : options.seed == null ? learning.seeds : List.of(options.seed)) {
                    for (Arm arm : learning.arms(usual.learn().method())) {
                        Key key = new Key(stream.text(), arm.name(), seed, protocol.hash(usual));
                        planned.add(new Planned(key, () -> streams.stream(stream, seed), arm, settings(arm, seed)));
                    }
                }
            }
            new LearningRuns(table, protocol.text(), protocol.examinations(), origin())
                    .make(planned, spec.commandLine().getErr());
            return protocol.hash(usual);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private TrainerSettings settings(Arm arm, long seed) {
        return options.trainer(Map.of("trainer.method", arm.method().text(), "trainer.seed", Long.toString(seed)));
    }

    private Origin origin() {
        List<String> arguments = spec.root().commandLine().getParseResult().originalArgs();
        String command = "./millrace bench " + String.join(" ", arguments);
        return new Origin(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                Checkout.commit(),
                Checkout.machine(),
                command);
    }
}
