package io.millrace.stream;

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

/** Runs the stream-app, within the command line or as a program of its own. */
@Command(
        name = "stream",
        description = "Runs the stream-app: validates frames, joins labels with frames and with predictions.",
        mixinStandardHelpOptions = true)
public final class StreamCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    SettingsOptions options = new SettingsOptions();

    @Option(names = "--print-config", description = "Prints every setting with its default and the values in use.")
    boolean printConfig;

    /** Runs it as a program of its own. */
    public static void main(String[] arguments) {
        CommandFailure.runAndExit(new StreamCommand(), arguments);
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        ConfigDef declared = StreamSettings.declare();
        Settings settings = options.settings(declared, Map.of());
        PipelineSettings pipeline = PipelineSettings.from(settings);
        StreamSettings stream = StreamSettings.from(settings);
        if (printConfig) {
            SettingsOptions.print(declared, settings, out);
            return 0;
        }
        CommandRun.serve("stream-app", pipeline, out, (endpoint, onFailure) -> {
            StreamApp app = new StreamApp(pipeline, stream, endpoint, onFailure);
            app.start();
            return app;
        });
        return 0;
    }
}
