package io.millrace.quickstart;

import io.millrace.runtime.Endpoint;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.stream.StreamApp;
import io.millrace.stream.StreamSettings;
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
        name = "stream",
        description = "Runs the stream-app: validates frames, joins labels with frames and with predictions.")
final class StreamCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    SettingsOptions options = new SettingsOptions();

    @Option(names = "--print-config", description = "Prints every setting with its default and the values in use.")
    boolean printConfig;

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
        try (CommandRun process = new CommandRun()) {
            Endpoint endpoint = process.endpoint(pipeline);
            StreamApp app = process.lifecycle()
                    .add(new StreamApp(
                            pipeline,
                            stream,
                            endpoint,
                            failure -> process.lifecycle().fail("stream", failure)));
            app.start();
            out.println("stream-app started, metrics on http://" + pipeline.httpHost() + ":" + endpoint.port()
                    + "/metrics");
            out.flush();
            process.lifecycle().awaitStop();
            process.throwIfFailed();
        }
        return 0;
    }
}
