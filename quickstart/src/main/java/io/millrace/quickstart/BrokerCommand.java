package io.millrace.quickstart;

import io.millrace.quickstart.broker.EmbeddedBroker;
import io.millrace.quickstart.broker.TopicSetup;
import io.millrace.runtime.Endpoint;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.command.CommandRun;
import io.millrace.runtime.command.SettingsOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "broker", description = "Runs a Kafka broker for trying things out: one node, 127.0.0.1 only.")
final class BrokerCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    SettingsOptions options = new SettingsOptions();

    @Option(
            names = "--port",
            defaultValue = "9092",
            description = "Port; 0 takes a free one (default: ${DEFAULT-VALUE}).")
    int port;

    @Option(
            names = "--dir",
            defaultValue = "data/broker",
            description = "Where it stores everything; survives restarts (default: ${DEFAULT-VALUE}).")
    Path directory = Path.of("data/broker");

    @Option(
            names = "--no-topics",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Do not create the topics of the pipeline.")
    boolean topics;

    @Override
    public Integer call() throws Exception {
        PipelineSettings pipeline = options.pipeline();
        PrintWriter out = spec.commandLine().getOut();
        try (CommandRun process = new CommandRun()) {
            EmbeddedBroker broker = process.lifecycle().add(EmbeddedBroker.start(directory, port));
            if (topics) {
                Map<String, Object> client = new HashMap<>(pipeline.kafka());
                client.put("bootstrap.servers", broker.bootstrapServers());
                try (Admin admin = Admin.create(client)) {
                    new TopicSetup(pipeline.topics(), 4, 1).createOn(admin);
                }
            }
            Endpoint endpoint = process.endpoint(pipeline);
            endpoint.readyWhen("broker", () -> true);
            out.println("broker ready on " + broker.bootstrapServers() + ", data in " + directory
                    + ", metrics on http://" + pipeline.httpHost() + ":" + endpoint.port() + "/metrics");
            out.flush();
            process.lifecycle().awaitStop();
        }
        return 0;
    }
}
