package io.millrace.trainer.publish;

import io.millrace.record.ModelAlias;
import io.millrace.record.ModelVersion;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.blob.BlobStore;
import io.millrace.runtime.blob.CorruptBlobException;
import io.millrace.runtime.signing.TrustedSigners;
import io.millrace.runtime.signing.TrustedSigners.Verdict;
import io.millrace.schemas.AvroDeserializer;
import io.millrace.schemas.Topics;
import io.millrace.trainer.model.Tensor;
import io.millrace.trainer.publish.UnusableVersionException.Reason;
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
 * The registry of models as two topics: every version there ever was, and what the aliases point to now. Each version is
 * verified as it is read; one that is not signed as the settings demand is known, and its weights are not given out.
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
    private final TrustedSigners signers;
    private final Map<String, Entry> versions = new HashMap<>();
    private final Map<String, String> aliases = new HashMap<>();

    /** A version and what its signature is worth. */
    private record Entry(ModelVersion version, Verdict verdict) {}

    /** @param blobs where the artifacts lie */
    public ModelCatalog(PipelineSettings pipeline, BlobStore blobs, InstantSource clock) {
        this(
                pipeline,
                blobs,
                clock,
                new KafkaConsumer<>(
                        pipeline.kafkaWith(Map.of("enable.auto.commit", "false", "isolation.level", "read_committed")),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer()));
    }

    /** @param consumer without a subscription; closed with the catalog */
    public ModelCatalog(
            PipelineSettings pipeline, BlobStore blobs, InstantSource clock, Consumer<byte[], byte[]> consumer) {
        this.clock = clock;
        this.consumer = consumer;
        this.blobs = blobs;
        this.signers = pipeline.signers();
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
                    take(new Entry(version, RecordSignature.verdict(signers, record)));
                }
            } else {
                ModelAlias alias = aliasReader.deserialize(record.topic(), record.value());
                if (alias != null) {
                    aliases.put(alias.getAlias(), alias.getVersion());
                }
            }
        }
    }

    /** A version never changes: once one was read that may be loaded, no other takes its name. */
    private void take(Entry read) {
        versions.merge(read.version().getVersion(), read, (known, other) -> mayBeLoaded(known) ? known : other);
    }

    private boolean mayBeLoaded(Entry entry) {
        return !signers.areRequired() || entry.verdict() == Verdict.TRUSTED;
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
        return Optional.ofNullable(aliases.get(CHAMPION)).flatMap(this::version);
    }

    /** A version by its name, or empty when there never was one. */
    public Optional<ModelVersion> version(String name) {
        return Optional.ofNullable(versions.get(name)).map(Entry::version);
    }

    /** Every version there ever was, oldest first. */
    public List<ModelVersion> versions() {
        return versions.values().stream()
                .map(Entry::version)
                .sorted(Comparator.comparing(ModelVersion::getCreatedAt).thenComparing(ModelVersion::getVersion))
                .toList();
    }

    /** What the champion's alias names, whether or not there is such a version; empty while nothing is named. */
    public Optional<String> championName() {
        return Optional.ofNullable(aliases.get(CHAMPION));
    }

    /**
     * Verifies a version, fetches its artifact, verifies that, and only then reads its weights.
     *
     * @param version one that this catalog gave
     * @throws UnusableVersionException when it is not signed as it must be, or its artifact is not there, is not what hash
     *     and size say, or is no weights
     * @throws IOException when the blob store cannot be read now
     */
    public List<Tensor> weights(ModelVersion version) throws IOException {
        Entry entry = versions.get(version.getVersion());
        if (entry == null || !entry.version().equals(version)) {
            throw new IllegalArgumentException("expected a version of this catalog, got " + version.getVersion());
        }
        if (!mayBeLoaded(entry)) {
            throw new UnusableVersionException(
                    reason(entry.verdict()),
                    "expected a version signed by one of " + signers.keys().keySet() + ", got " + entry.verdict());
        }
        byte[] bytes = artifact(version);
        try {
            return Artifact.read(bytes);
        } catch (IOException e) {
            throw new UnusableVersionException(Reason.UNREADABLE, "the artifact is no weights: " + e.getMessage(), e);
        }
    }

    private byte[] artifact(ModelVersion version) throws IOException {
        Optional<byte[]> bytes;
        try {
            bytes = blobs.get(version.getSha256());
        } catch (CorruptBlobException | IllegalArgumentException e) {
            throw new UnusableVersionException(Reason.CORRUPT, "the artifact is damaged: " + e.getMessage(), e);
        }
        if (bytes.isEmpty()) {
            String missing = "artifact " + version.getSha256() + " is not in the blob store";
            throw new UnusableVersionException(Reason.MISSING, missing);
        }
        if (bytes.get().length != version.getSizeBytes()) {
            String sizes = "expected " + version.getSizeBytes() + " bytes, got " + bytes.get().length;
            throw new UnusableVersionException(Reason.CORRUPT, sizes);
        }
        return bytes.get();
    }

    private static Reason reason(Verdict refused) {
        return switch (refused) {
            case UNSIGNED -> Reason.UNSIGNED;
            case UNKNOWN_SIGNER -> Reason.UNKNOWN_SIGNER;
            case REVOKED_SIGNER -> Reason.REVOKED_SIGNER;
            case WRONG_SIGNATURE -> Reason.WRONG_SIGNATURE;
            case TRUSTED -> throw new IllegalArgumentException("expected a refusal, got " + refused);
        };
    }

    @Override
    public void close() {
        consumer.close();
    }
}
