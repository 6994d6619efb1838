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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The registry of models as two topics: every version there ever was, and what the aliases point to now. Each version is
 * verified before it is read; of one that is not signed as the settings demand, only the name and the reason are known.
 *
 * <p>Not thread-safe: each thread has its own.
 */
public final class ModelCatalog implements AutoCloseable {
    /** Alias of the version that answers. */
    public static final String CHAMPION = "champion";

    private static final Logger LOGGER = LoggerFactory.getLogger(ModelCatalog.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Consumer<byte[], byte[]> consumer;
    private final BlobStore blobs;
    private final InstantSource clock;
    private final Topics topics;
    private final AvroDeserializer<ModelVersion> versionReader;
    private final AvroDeserializer<ModelAlias> aliasReader;
    private final TrustedSigners signers;
    private final Map<String, ModelVersion> versions = new HashMap<>();
    private final Map<String, Reason> refused = new HashMap<>();
    private final Map<String, String> aliases = new HashMap<>();
    private int unreadable;

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
        try {
            assign();
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    private void assign() {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic :
                List.of(topics.modelVersions().name(), topics.modelAliases().name())) {
            consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /**
     * Takes in what has come, waiting for at most {@code wait}. A record that is bad is passed over, whoever wrote it.
     *
     * @throws org.apache.kafka.common.errors.RetriableException when the registry cannot be reached now; what was polled
     *     is lost to this catalog then, so a new one must be opened
     */
    public void poll(Duration wait) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
            if (record.value() == null) {
                continue; // a version never goes, and an alias stays where it is
            }
            if (record.topic().equals(topics.modelVersions().name())) {
                takeVersion(record);
            } else {
                decoded(aliasReader, record).ifPresent(alias -> aliases.put(alias.getAlias(), alias.getVersion()));
            }
        }
    }

    /**
     * The signature is looked at first, and what must not be loaded is not even decoded: its key says which version it
     * claims to be. A version never changes: once one was read that may be loaded, no other takes its name.
     */
    private void takeVersion(ConsumerRecord<byte[], byte[]> record) {
        Verdict verdict = RecordSignature.verdict(signers, record);
        if (signers.areRequired() && verdict != Verdict.TRUSTED) {
            refused.put(key(record), reason(verdict));
            return;
        }
        decoded(versionReader, record)
                .ifPresentOrElse(
                        version -> versions.putIfAbsent(version.getVersion(), version),
                        () -> refused.put(key(record), Reason.UNREADABLE));
    }

    private <V extends SpecificRecord> Optional<V> decoded(
            AvroDeserializer<V> reader, ConsumerRecord<byte[], byte[]> record) {
        try {
            return Optional.ofNullable(reader.deserialize(record.topic(), record.value()));
        } catch (SerializationException e) {
            LOGGER.atLevel(unreadable++ == 0 ? Level.ERROR : Level.DEBUG)
                    .setCause(e)
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .log("A record that cannot be read is passed over; further ones are told at DEBUG");
            return Optional.empty();
        }
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
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

    /**
     * The champion, or empty while there is none.
     *
     * @throws UnusableVersionException when the alias names a version that is not signed as it must be, or whose record
     *     cannot be read
     */
    public Optional<ModelVersion> champion() throws UnusableVersionException {
        String name = aliases.get(CHAMPION);
        return name == null ? Optional.empty() : verified(name);
    }

    /**
     * A version by its name, or empty when there never was one.
     *
     * @throws UnusableVersionException when there is one, and it is not signed as it must be, or its record cannot be read
     */
    public Optional<ModelVersion> verified(String name) throws UnusableVersionException {
        Reason reason = refused.get(name);
        if (reason == null || versions.containsKey(name)) {
            return version(name);
        }
        if (reason == Reason.UNREADABLE) {
            throw new UnusableVersionException(reason, "the record of the version cannot be read");
        }
        throw new UnusableVersionException(
                reason, "expected a version signed by one of " + signers.keys().keySet() + ", got " + reason);
    }

    /** A version by its name, or empty when there is none that may be looked into; {@link #verified} says why. */
    public Optional<ModelVersion> version(String name) {
        return Optional.ofNullable(versions.get(name));
    }

    /** Every version that may be looked into, oldest first. */
    public List<ModelVersion> versions() {
        return versions.values().stream()
                .sorted(Comparator.comparing(ModelVersion::getCreatedAt).thenComparing(ModelVersion::getVersion))
                .toList();
    }

    /** What the champion's alias names, whether or not there is such a version; empty while nothing is named. */
    public Optional<String> championName() {
        return Optional.ofNullable(aliases.get(CHAMPION));
    }

    /**
     * Fetches the artifact of a version, verifies it, and only then reads its weights.
     *
     * @param version one that this catalog gave
     * @throws UnusableVersionException when its artifact is not there, is not what hash and size say, or is no weights
     * @throws IOException when the blob store cannot be read now
     */
    public List<Tensor> weights(ModelVersion version) throws IOException {
        if (!version.equals(versions.get(version.getVersion()))) {
            throw new IllegalArgumentException("expected a version of this catalog, got " + version.getVersion());
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
