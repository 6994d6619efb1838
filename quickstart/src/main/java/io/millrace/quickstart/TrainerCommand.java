package io.millrace.quickstart;

import io.millrace.runtime.Endpoint;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.TrainerWorker;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.common.config.ConfigDef;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "trainer",
        description = "Runs the trainer: learns, publishes models, answers frames; goes on from its last checkpoint.")
final class TrainerCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    SettingsOptions options = new SettingsOptions();

    @Option(names = "--print-config", description = "Prints every setting with its default and the values in use.")
    boolean printConfig;

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
        try (CommandRun process = new CommandRun()) {
            Endpoint endpoint = process.endpoint(pipeline);
            TrainerWorker worker = process.lifecycle()
                    .add(new TrainerWorker(
                            pipeline,
                            trainer,
                            endpoint,
                            failure -> process.lifecycle().fail("trainer", failure)));
            worker.start();
            out.println(
                    "trainer started, metrics on http://" + pipeline.httpHost() + ":" + endpoint.port() + "/metrics");
            out.flush();
            process.lifecycle().awaitStop();
            process.throwIfFailed();
        }
        return 0;
    }
}
