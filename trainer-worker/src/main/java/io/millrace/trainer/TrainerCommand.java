package io.millrace.trainer;

import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.runtime.command.CommandFailure;
import io.millrace.runtime.command.CommandRun;
import io.millrace.runtime.command.SettingsOptions;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.common.config.ConfigDef;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the trainer-worker, within the command line or as a program of its own. */
@Command(
        name = "trainer",
        description = "Runs the trainer: learns, publishes models, answers frames; goes on from its last checkpoint.",
        mixinStandardHelpOptions = true)
public final class TrainerCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    SettingsOptions options = new SettingsOptions();

    @Option(names = "--print-config", description = "Prints every setting with its default and the values in use.")
    boolean printConfig;

    /** Runs it as a program of its own. */
    public static void main(String[] arguments) {
        CommandFailure.runAndExit(new TrainerCommand(), arguments);
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        ConfigDef declared = TrainerSettings.declare();
        Settings settings = options.settings(declared, Map.of());
        PipelineSettings pipeline = PipelineSettings.from(settings);
        TrainerSettings trainer = TrainerSettings.from(settings);
        if (printConfig) {
            SettingsOptions.print(declared, settings, out);
            return 0;
        }
        CommandRun.serve("trainer-worker", pipeline, out, (endpoint, onFailure) -> {
            TrainerWorker worker = new TrainerWorker(pipeline, trainer, endpoint, onFailure);
            worker.start();
            return worker;
        });
        return 0;
    }
}
