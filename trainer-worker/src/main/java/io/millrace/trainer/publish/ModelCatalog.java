package io.millrace.trainer.publish;

import io.millrace.record.ModelAlias;
import io.millrace.record.ModelVersion;
import io.millrace.runtime.BlobStore;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.AvroDeserializer;
import io.millrace.schemas.Topics;
import io.millrace.trainer.model.Tensor;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The registry of models as two topics: every version there ever was, and what the aliases point to now.
 *
 * <p>Not thread-safe: each thread has its own.
 */
public final class ModelCatalog implements AutoCloseable {
    /** Alias of the version that answers. */
    public static final String CHAMPION = "champion";

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Consumer<byte[], byte[]> consumer;
    private final BlobStore blobs;
    private final InstantSource clock;
    private final Topics topics;
    private final AvroDeserializer<ModelVersion> versionReader;
    private final AvroDeserializer<ModelAlias> aliasReader;
    private final Map<String, ModelVersion> versions = new HashMap<>();
    private final Map<String, String> aliases = new HashMap<>();

    /** @param blobs where the artifacts lie */
    public ModelCatalog(PipelineSettings pipeline, BlobStore blobs, InstantSource clock) {
        this.clock = clock;
        this.consumer = new KafkaConsumer<>(
                pipeline.kafkaWith(Map.of("enable.auto.commit", "false", "isolation.level", "read_committed")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.blobs = blobs;
        this.topics = pipeline.topics();
        this.versionReader = new AvroDeserializer<>(pipeline.schemaIds(), ModelVersion.class);
        this.aliasReader = new AvroDeserializer<>(pipeline.schemaIds(), ModelAlias.class);
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic :
                List.of(topics.modelVersions().name(), topics.modelAliases().name())) {
            consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Takes in what has come, waiting for at most {@code wait}. */
    public void poll(Duration wait) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
            if (record.topic().equals(topics.modelVersions().name())) {
                ModelVersion version = versionReader.deserialize(record.topic(), record.value());
                if (version != null) {
                    versions.put(version.getVersion(), version);
                }
            } else {
                ModelAlias alias = aliasReader.deserialize(record.topic(), record.value());
                if (alias != null) {
                    aliases.put(alias.getAlias(), alias.getVersion());
                }
            }
        }
    }

    /** Takes in everything that is committed now. */
    public void readToEnd() {
        Map<TopicPartition, Long> end = consumer.endOffsets(consumer.assignment());
        Deadline deadline = new Deadline(clock, PATIENCE);
        while (end.entrySet().stream().anyMatch(entry -> consumer.position(entry.getKey()) < entry.getValue())) {
            deadline.check("versions and aliases");
            poll(POLL);
        }
    }

    /** The champion, or empty while there is none. */
    public Optional<ModelVersion> champion() {
        return Optional.ofNullable(aliases.get(CHAMPION)).map(versions::get);
    }

    /** Every version there ever was, oldest first. */
    public List<ModelVersion> versions() {
        return versions.values().stream()
                .sorted(Comparator.comparing(ModelVersion::getCreatedAt).thenComparing(ModelVersion::getVersion))
                .toList();
    }

    /** A version by its name, or empty when there never was one. */
    public Optional<ModelVersion> version(String name) {
        return Optional.ofNullable(versions.get(name));
    }

    /** What the champion's alias names, whether or not there is such a version; empty while nothing is named. */
    public Optional<String> championName() {
        return Optional.ofNullable(aliases.get(CHAMPION));
    }

    /**
     * Fetches, verifies and reads the weights of a version.
     *
     * @throws IOException when they are not there, are not what the hash says, or are no weights
     */
    public List<Tensor> weights(ModelVersion version) throws IOException {
        byte[] bytes = blobs.get(version.getSha256())
                .orElseThrow(() -> new IOException("artifact " + version.getSha256() + " is not in the blob store"));
        if (bytes.length != version.getSizeBytes()) {
            throw new IOException("expected " + version.getSizeBytes() + " bytes, got " + bytes.length);
        }
        return Artifact.read(bytes);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
