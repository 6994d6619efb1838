package io.millrace.benchmarks.learning;

import io.millrace.benchmarks.Report;
import io.millrace.benchmarks.samples.Activities;
import io.millrace.benchmarks.samples.Exchange;
import io.millrace.benchmarks.samples.Machines;
import io.millrace.benchmarks.samples.SampleSet;
import io.millrace.trainer.batch.Sample;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sensor windows: machines with and without faults, or the activities of people, with sensors that stay or are exchanged. */
@Command(
        name = "sensor",
        description = "How well methods learn from windows of sensors, without Kafka.",
        footer = {
            "",
            "Arms: a method of trainer.method; no-update; oracle; METHOD*K takes K steps for each batch of frames."
        })
public final class SensorBenchmark implements Callable<Integer> {
    private static final int MACHINE_FRAMES = 8_000;

    /** What becomes of the sensors. */
    enum Sensors {
        /** They stay as they are. */
        SAME,
        /** Half-way every one is replaced by another. */
        EXCHANGED
    }

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    SampleTrials trials = new SampleTrials();

    @Option(
            names = "--sensors",
            split = ",",
            defaultValue = "same",
            description = "Streams: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    List<Sensors> sensors = List.of();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Unpacked archive of the UCI set \"Human Activity Recognition Using Smartphones\","
                    + " instead of simulated machines.")
    @Nullable
    Path directory;

    @Override
    public Integer call() throws IOException {
        Report report = new Report("sensor", Instant.now());
        SampleSet people = directory == null ? null : Activities.in(directory);
        int length = trials.length(
                people == null ? MACHINE_FRAMES : people.training().size());
        LongFunction<SampleSet> samples = seed -> people == null ? Machines.of(length, seed) : people;
        for (Sensors kind : sensors) {
            trials.run(
                    report,
                    seed -> stream(kind, samples.apply(seed), length, seed),
                    spec.commandLine().getErr());
        }
        trials.options.publish(report, spec.commandLine().getOut());
        return 0;
    }

    private static SampleStream stream(Sensors kind, SampleSet samples, int length, long seed) {
        UnaryOperator<Sample> same = UnaryOperator.identity();
        return switch (kind) {
            case SAME -> new SampleStream("same", samples, length, seed, LabelHabits.USUAL, List.of(same));
            case EXCHANGED ->
                new SampleStream(
                        "exchanged",
                        samples,
                        length,
                        seed,
                        LabelHabits.USUAL,
                        List.of(same, new Exchange(samples.shape().channels(), seed)));
        };
    }
}
