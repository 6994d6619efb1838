package io.millrace.quickstart;

import io.millrace.quickstart.broker.TopicSetup;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.runtime.command.SettingsOptions;
import io.millrace.stream.StreamSettings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.StreamsGroupDescription;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
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

    @Option(
            names = "--grow",
            description =
                    "Adds partitions where topics have fewer, also to what the stream-app keeps of each partition of"
                            + " frames. Stop every stream-app first; there is no way back to fewer.")
    boolean grow;

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        Settings settings = options.settings(StreamSettings.declare(), Map.of());
        PipelineSettings pipeline = PipelineSettings.from(settings);
        PrintWriter out = spec.commandLine().getOut();
        try (Admin admin = Admin.create(new HashMap<>(pipeline.kafka()))) {
            awaitBrokers(admin);
            TopicSetup setup = new TopicSetup(pipeline.topics(), partitions, replicas);
            List<String> created = setup.createOn(admin);
            created.stream().sorted().forEach(topic -> out.println("created " + topic));
            if (created.isEmpty()) {
                out.println("all topics are there");
            }
            if (grow) {
                StreamSettings stream = StreamSettings.from(settings);
                refuseWhileRunning(admin, stream.applicationId());
                setup.growOn(admin, Set.of(stream.seenFramesTopic()))
                        .forEach(topic -> out.println("grew " + topic + " to " + partitions + " partitions"));
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

    /** Each protocol of Kafka Streams has groups of its own kind, and neither question finds those of the other. */
    private static void refuseWhileRunning(Admin admin, String application) throws InterruptedException {
        List<String> id = List.of(application);
        List<KafkaFuture<List<GroupState>>> answers = List.of(
                admin.describeConsumerGroups(id)
                        .all()
                        .thenApply(found -> found.values().stream()
                                .map(ConsumerGroupDescription::groupState)
                                .toList()),
                admin.describeStreamsGroups(id)
                        .all()
                        .thenApply(found -> found.values().stream()
                                .map(StreamsGroupDescription::groupState)
                                .toList()));
        for (KafkaFuture<List<GroupState>> answer : answers) {
            try {
                if (!Set.of(GroupState.EMPTY, GroupState.DEAD).containsAll(answer.get())) {
                    throw new KafkaException("stream-apps of " + application + " run: stop every one of them first");
                }
            } catch (ExecutionException e) {
                // it has never run, or the brokers do not know the younger protocol
                if (!(e.getCause() instanceof GroupIdNotFoundException)
                        && !(e.getCause() instanceof UnsupportedVersionException)) {
                    throw new KafkaException("cannot ask for the members of " + application, e.getCause());
                }
            }
        }
    }
}
