package io.millrace.quickstart;

import io.millrace.quickstart.broker.TopicSetup;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.command.SettingsOptions;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "topics", description = "Creates the topics of the pipeline; those that are there stay as they are.")
final class TopicsCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final long A_SECOND = 1000;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    SettingsOptions options = new SettingsOptions();

    @Option(
            names = "--partitions",
            defaultValue = "4",
            description = "Partitions of the topics of frames and labels (default: ${DEFAULT-VALUE}).")
    int partitions;

    @Option(names = "--replicas", defaultValue = "1", description = "Copies of each (default: ${DEFAULT-VALUE}).")
    int replicas;

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        PipelineSettings pipeline = options.pipeline();
        PrintWriter out = spec.commandLine().getOut();
        try (Admin admin = Admin.create(new HashMap<>(pipeline.kafka()))) {
            awaitBrokers(admin);
            List<String> created = new TopicSetup(pipeline.topics(), partitions, replicas).createOn(admin);
            created.stream().sorted().forEach(topic -> out.println("created " + topic));
            if (created.isEmpty()) {
                out.println("all topics are there");
            }
        }
        return 0;
    }

    /** A broker refuses more copies than it knows brokers, and a cluster that has just begun knows few. */
    private void awaitBrokers(Admin admin) throws InterruptedException, ExecutionException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int brokers = admin.describeCluster().nodes().get().size();
        while (brokers < replicas && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(A_SECOND);
            brokers = admin.describeCluster().nodes().get().size();
        }
    }
}
