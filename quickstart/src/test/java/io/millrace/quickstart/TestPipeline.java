package io.millrace.quickstart;

import io.millrace.quickstart.broker.EmbeddedBroker;
import io.millrace.quickstart.broker.TopicSetup;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigDef;

/** A broker with the topics of a pipeline. */
public final class TestPipeline implements AutoCloseable {
    private final EmbeddedBroker broker;
    private final PipelineSettings settings;

    public TestPipeline(Path directory) throws IOException, InterruptedException {
        broker = EmbeddedBroker.start(directory, 0);
        settings = withPrefix("test.");
        createTopics(settings);
    }

    public PipelineSettings settings() {
        return settings;
    }

    public EmbeddedBroker broker() {
        return broker;
    }

    /** Another pipeline on the same broker, with its topics. */
    public PipelineSettings another(String prefix) throws InterruptedException {
        PipelineSettings other = withPrefix(prefix);
        createTopics(other);
        return other;
    }

    @Override
    public void close() {
        broker.close();
    }

    private PipelineSettings withPrefix(String prefix) {
        return PipelineSettings.from(Settings.of(
                PipelineSettings.declareIn(new ConfigDef()),
                Set.of(),
                List.of(Map.of(
                        "pipeline.topic.prefix", prefix, "kafka.bootstrap.servers", broker.bootstrapServers()))));
    }

    private static void createTopics(PipelineSettings settings) throws InterruptedException {
        try (Admin admin = Admin.create(new HashMap<>(settings.kafka()))) {
            new TopicSetup(settings.topics(), 4, 1).createOn(admin);
        }
    }
}
