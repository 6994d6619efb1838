package io.millrace.trainer.publish;

import io.millrace.record.LabelRequest;
import io.millrace.record.LedgerRow;
import io.millrace.record.ModelAlias;
import io.millrace.record.ModelEvent;
import io.millrace.record.ModelVersion;
import io.millrace.record.OffsetRange;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.blob.BlobStore;
import io.millrace.runtime.blob.Sha256;
import io.millrace.runtime.signing.SigningKey;
import io.millrace.runtime.signing.TrustedSigners;
import io.millrace.schemas.Groups;
import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a range of steps count, exactly once. The checkpoint is stored first; then one Kafka transaction writes the
 * ledger row, which names the checkpoint, what else is to be announced, and the input offsets, so that lag can be seen.
 * A row without its checkpoint cannot be seen by anyone; a checkpoint without its row is garbage under its hash. Row and
 * version are signed when there is a key.
 *
 * <pre>
 *   start:  fence the predecessor -&gt; last ledger row, verified -&gt; its checkpoint, verified -&gt; go on from there
 *   commit: blob store &lt;- checkpoint | begin; ledger row, version, alias, events, offsets; commit | delete the old one
 * </pre>
 *
 * <p>Not thread-safe: the training thread owns it. After any failure of a commit the process must end and start again,
 * because the weights have moved on.
 */
public final class TrainerTransaction {
    private static final Logger LOGGER = LoggerFactory.getLogger(TrainerTransaction.class);

    private final Producer<String, byte[]> producer;
    private final Consumer<byte[], byte[]> consumer;
    private final BlobStore blobs;
    private final Topics topics;
    private final String group;
    private final InstantSource clock;
    private final TrustedSigners signers;
    private final @Nullable SigningKey key;
    private String checkpointInUse = "";
    private String ledgerHash = "";

    /**
     * @param producer transactional, closed by its owner
     * @param consumer of the trainer's group, closed by its owner; says what that group has committed
     * @param key signs what is announced; null leaves it unsigned
     */
    public TrainerTransaction(
            PipelineSettings pipeline,
            Producer<String, byte[]> producer,
            Consumer<byte[], byte[]> consumer,
            BlobStore blobs,
            InstantSource clock,
            @Nullable SigningKey key) {
        this.producer = producer;
        this.consumer = consumer;
        this.blobs = blobs;
        this.topics = pipeline.topics();
        this.group = group(pipeline);
        this.clock = clock;
        this.signers = pipeline.signers();
        this.key = key;
    }

    /** Consumer group under which the trainer's offsets are committed; also its transactional id. */
    public static String group(PipelineSettings pipeline) {
        return new Groups(pipeline.topicPrefix()).trainer();
    }

    /**
     * What is announced together with a range of steps.
     *
     * @param firstStep first step of the range
     * @param lastStep last step of the range
     * @param ranges what became of each offset read in it
     * @param version a new model version, if one was made
     * @param alias where the champion alias moves, if it does
     * @param events what happened
     * @param requests labels that are asked for
     */
    public record Announcement(
            long firstStep,
            long lastStep,
            List<OffsetRange> ranges,
            Optional<ModelVersion> version,
            Optional<ModelAlias> alias,
            List<ModelEvent> events,
            List<LabelRequest> requests) {}

    /**
     * Fences every predecessor, then finds the checkpoint that the last ledger row names. The ledger is asked, not the
     * group's offsets, although both are committed together: offsets of a group without members are forgotten after a
     * week, the ledger never is.
     *
     * @return the checkpoint, or empty on the very first start
     * @throws IllegalStateException when the row is not signed as it must be, or the checkpoint is gone or damaged: going on
     *     without it would train frames twice or never
     */
    public Optional<Checkpoint> begin() {
        producer.initTransactions();
        Optional<LedgerEnd> last = LedgerEnd.read(topics.trainingLedger(), consumer, clock);
        if (last.isEmpty()) {
            return Optional.empty();
        }
        checkpointInUse = last.get().row(signers).getCheckpointSha256();
        ledgerHash = Sha256.of(last.get().record().value());
        try {
            byte[] bytes = blobs.get(checkpointInUse)
                    .orElseThrow(() -> new IllegalStateException("checkpoint " + checkpointInUse
                            + " that the last row of the ledger names is not in the blob store"));
            return Optional.of(CheckpointCodec.decode(bytes));
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException("checkpoint " + checkpointInUse + " cannot be read", e);
        }
    }

    /**
     * Commits a range of steps.
     *
     * @param checkpoint the state after the range
     * @param announcement what else becomes visible with it
     * @return how long the checkpoint is, in bytes
     * @throws UncheckedIOException when the blob store does not take the checkpoint; nothing is announced then
     */
    public int commit(Checkpoint checkpoint, Announcement announcement) {
        byte[] encoded = CheckpointCodec.encode(checkpoint);
        String stored = store(encoded);
        producer.beginTransaction();
        byte[] rowBytes = send(topics.trainingLedger(), topics.prefix(), row(stored, announcement), key);
        announcement.version().ifPresent(version -> send(topics.modelVersions(), version.getVersion(), version, key));
        announcement.alias().ifPresent(alias -> send(topics.modelAliases(), alias.getAlias(), alias, null));
        announcement.events().forEach(event -> send(topics.events(), event.getModel(), event, null));
        announcement.requests().forEach(request -> send(topics.labelRequests(), request.getFrameId(), request, null));
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        checkpoint
                .positions()
                .forEach((partition, next) -> offsets.put(partition, new OffsetAndMetadata(next, stored)));
        producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
        producer.commitTransaction();
        String old = checkpointInUse;
        checkpointInUse = stored;
        ledgerHash = Sha256.of(rowBytes);
        if (!old.isEmpty() && !old.equals(stored)) {
            forget(old);
        }
        return encoded.length;
    }

    private String store(byte[] checkpoint) {
        try {
            return blobs.put(checkpoint);
        } catch (IOException e) {
            throw new UncheckedIOException("the blob store does not take the checkpoint", e);
        }
    }

    /** The commit is done: a checkpoint that stays behind costs space and nothing else. */
    private void forget(String checkpoint) {
        try {
            blobs.delete(checkpoint);
        } catch (IOException e) {
            LOGGER.atWarn().setCause(e).addKeyValue("sha256", checkpoint).log("An old checkpoint stays behind");
        }
    }

    private LedgerRow row(String checkpointSha256, Announcement announcement) {
        return new LedgerRow(
                topics.prefix(),
                announcement.firstStep(),
                announcement.lastStep(),
                announcement.ranges(),
                checkpointSha256,
                announcement.version().map(ModelVersion::getVersion).orElse(null),
                ledgerHash,
                clock.instant());
    }

    private <V extends SpecificRecord> byte[] send(
            Topic<V> topic, String recordKey, V value, @Nullable SigningKey signer) {
        byte[] bytes = topic.values().serializer().serialize(topic.name(), value);
        var unused = producer.send(new ProducerRecord<>(
                topic.name(), null, recordKey, bytes, RecordSignature.headers(signer, topic.name(), bytes)));
        return bytes;
    }
}
