package io.millrace.trainer.publish;

import io.millrace.record.ModelAlias;
import io.millrace.record.ModelVersion;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.runtime.signing.SigningKey;
import io.millrace.schemas.Topics;
import io.millrace.trainer.TrainerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** The topics of versions and aliases, as anyone who may write to them can fill them. */
public final class ModelTopics {
    public final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final Topics topics;
    private final Map<String, Long> ends = new HashMap<>();

    public ModelTopics(PipelineSettings pipeline) {
        topics = pipeline.topics();
        Node node = new Node(0, "127.0.0.1", 1);
        Node[] nodes = {node};
        for (String topic :
                List.of(topics.modelVersions().name(), topics.modelAliases().name())) {
            consumer.updatePartitions(topic, List.of(new PartitionInfo(topic, 0, node, nodes, nodes)));
            consumer.updateBeginningOffsets(Map.of(new TopicPartition(topic, 0), 0L));
            consumer.updateEndOffsets(Map.of(new TopicPartition(topic, 0), 0L));
        }
    }

    /** Settings of a small pipeline, and of its trainer. */
    public static Settings settings(Map<String, String> own) {
        Map<String, String> given = new HashMap<>();
        given.put("pipeline.classes", "dark,bright");
        given.put("pipeline.frame.shape", "1,8,8");
        given.put("trainer.network.width", "8");
        given.put("trainer.roles", "predict");
        given.putAll(own);
        return Settings.of(TrainerSettings.declare(), Set.of(), List.of(given));
    }

    /** A key and the line that makes it trusted. */
    public record Signer(SigningKey key, String trusted) {
        public static Signer in(Path directory, String name) {
            Path file = directory.resolve(name + ".pem");
            try {
                String trusted = name + ":" + SigningKey.make(file);
                return new Signer(SigningKey.read(name, file), trusted);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A version as the trainer announces it; call after the catalog was opened. */
    public void publish(ModelVersion version, @Nullable SigningKey key) {
        byte[] value = encoded(version);
        publish(version.getVersion(), value, RecordSignature.headers(key, versions(), value));
    }

    /** Any record on the topic of versions. */
    public void publish(@Nullable String name, byte @Nullable [] value, List<Header> headers) {
        add(versions(), name, value, headers);
    }

    /** Any record on the topic of aliases. */
    public void point(byte @Nullable [] value) {
        add(topics.modelAliases().name(), ModelCatalog.CHAMPION, value, List.of());
    }

    public void promote(ModelVersion version) {
        ModelAlias alias =
                new ModelAlias(ModelCatalog.CHAMPION, version.getVersion(), null, "test", Instant.ofEpochMilli(1));
        String topic = topics.modelAliases().name();
        point(topics.modelAliases().values().serializer().serialize(topic, alias));
    }

    public byte[] encoded(ModelVersion version) {
        return topics.modelVersions()
                .values()
                .serializer()
                .serialize(topics.modelVersions().name(), version);
    }

    public String versions() {
        return topics.modelVersions().name();
    }

    private void add(String topic, @Nullable String key, byte @Nullable [] value, List<Header> headers) {
        long offset = ends.merge(topic, 1L, Long::sum) - 1;
        consumer.updateEndOffsets(Map.of(new TopicPartition(topic, 0), offset + 1));
        consumer.addRecord(new ConsumerRecord<>(
                topic,
                0,
                offset,
                offset,
                TimestampType.CREATE_TIME,
                0,
                value == null ? 0 : value.length,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value,
                new RecordHeaders(headers),
                Optional.empty()));
    }
}
