package io.millrace.benchmarks.learning;

import io.millrace.benchmarks.Report;
import io.millrace.benchmarks.samples.ColourImages;
import io.millrace.benchmarks.samples.SampleSet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Colour images in random order, such as those of CIFAR-10. */
@Command(
        name = "colour",
        description = "How well methods learn from colour images of 32 x 32 pixels, without Kafka.",
        footer = {
            "",
            "Arms: a method of trainer.method; no-update; oracle; METHOD*K takes K steps for each batch of frames."
        })
public final class ColourBenchmark implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    SampleTrials trials = new SampleTrials();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = "Directory with data_batch_1.bin to data_batch_5.bin and test_batch.bin of CIFAR-10.")
    Path directory = Path.of("");

    @Override
    public Integer call() throws IOException {
        Report report = new Report("colour", Instant.now());
        SampleSet images = ColourImages.in(directory);
        int length = trials.length(images.training().size());
        trials.run(
                report,
                seed -> new SampleStream(
                        "colour", images, length, seed, LabelHabits.USUAL, List.of(UnaryOperator.identity())),
                spec.commandLine().getErr());
        trials.options.publish(report, spec.commandLine().getOut());
        return 0;
    }
}
