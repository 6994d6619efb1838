package io.millrace.trainer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.record.EventKind;
import io.millrace.record.LabelRequest;
import io.millrace.record.ModelEvent;
import io.millrace.record.ModelVersion;
import io.millrace.record.RequestReason;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.signing.SigningKey;
import io.millrace.runtime.signing.TrustedSigners.Verdict;
import io.millrace.trainer.model.Tensor;
import io.millrace.trainer.publish.ModelTopics.Signer;
import io.millrace.trainer.publish.TrainerTransaction.Announcement;
import io.millrace.trainer.request.LabelRequests;
import io.millrace.trainer.safety.SafetyState;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTransactionTest {
    @TempDir
    private static Path directory;

    private static Signer a;
    private static Signer b;

    private final FakeBlobs blobs = new FakeBlobs();
    private final MockProducer<String, byte[]> producer =
            new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());

    @BeforeAll
    static void makeKeys() {
        a = Signer.in(directory, "a");
        b = Signer.in(directory, "b");
    }

    @Test
    void shouldAnnounceNothingWhenTheStoreTakesNoCheckpoint() {
        // Given
        TrainerTransaction transaction = begun("", "", null, null);
        transaction.commit(checkpoint(1), announcement(1));
        blobs.broken.add("put");
        // When
        assertThatThrownBy(() -> transaction.commit(checkpoint(2), announcement(2)))
                .isInstanceOf(UncheckedIOException.class);
        // Then
        assertThat(producer.history()).as("of the first commit only").hasSize(3);
        assertThat(producer.transactionInFlight()).isFalse();
        assertThat(blobs.blobs).as("the committed checkpoint stays").hasSize(1);
        assertThat(blobs.calls).doesNotContain("delete");
    }

    @Test
    void shouldStoreBeforeTheTransactionAndDeleteAfterIt() {
        // Given
        TrainerTransaction transaction = begun("", "", null, null);
        // When
        transaction.commit(checkpoint(1), announcement(1));
        transaction.commit(checkpoint(2), announcement(2));
        // Then
        assertThat(blobs.calls).containsExactly("put", "put", "delete");
        assertThat(blobs.blobs).hasSize(1);
    }

    @Test
    void shouldKeepTheOldCheckpointWhenTheCommitFails() {
        // Given
        TrainerTransaction transaction = begun("", "", null, null);
        transaction.commit(checkpoint(1), announcement(1));
        producer.commitTransactionException = new KafkaException("no one knows how it ended");
        // When
        assertThatThrownBy(() -> transaction.commit(checkpoint(2), announcement(2)))
                .isInstanceOf(KafkaException.class);
        // Then
        assertThat(blobs.blobs)
                .as("both: either may be the one the ledger names")
                .hasSize(2);
    }

    @Test
    void shouldGoOnWhenAnOldCheckpointCannotBeDeleted() {
        // Given
        TrainerTransaction transaction = begun("", "", null, null);
        blobs.broken.add("delete");
        // When
        transaction.commit(checkpoint(1), announcement(1));
        transaction.commit(checkpoint(2), announcement(2));
        transaction.commit(checkpoint(3), announcement(3));
        // Then
        assertThat(producer.history()).hasSize(9);
        assertThat(blobs.blobs).hasSize(3);
    }

    @Test
    void shouldSignVersionsAndRowsAndNothingElse() {
        // Given
        TrainerTransaction transaction = begun(a.trusted(), "", a.key(), null);
        // When
        transaction.commit(checkpoint(1), announcement(1));
        // Then
        for (ProducerRecord<String, byte[]> sent : producer.history()) {
            Verdict expected = sent.topic().endsWith(".events") ? Verdict.UNSIGNED : Verdict.TRUSTED;
            assertThat(RecordSignature.verdict(pipeline(a.trusted(), "").signers(), received(sent)))
                    .as(sent.topic())
                    .isEqualTo(expected);
        }
        assertThat(producer.history()).hasSize(3);
    }

    @Test
    void shouldAskForLabelsWithinTheTransaction() {
        // Given
        TrainerTransaction transaction = begun("", "", null, null);
        Announcement announced = announcement(1);
        LabelRequest request =
                new LabelRequest("frame-7", "camera-1", RequestReason.NOVEL, 0.5f, "1-abc", Instant.EPOCH);
        Announcement asking = new Announcement(
                1, 1, List.of(), announced.version(), announced.alias(), announced.events(), List.of(request));
        // When
        transaction.commit(checkpoint(1), asking);
        producer.commitTransactionException = new KafkaException("refused");
        assertThatThrownBy(() -> transaction.commit(checkpoint(2), asking)).isInstanceOf(KafkaException.class);
        // Then
        assertThat(producer.history())
                .filteredOn(sent -> sent.topic().equals("millrace.label-requests"))
                .as("once, by the commit that went through")
                .extracting(ProducerRecord::key)
                .containsExactly("frame-7");
    }

    @Test
    void shouldSignNothingWithoutAKey() {
        begun("", "", null, null).commit(checkpoint(1), announcement(1));
        assertThat(producer.history())
                .hasSize(3)
                .allSatisfy(sent -> assertThat(sent.headers()).isEmpty());
    }

    @Test
    void shouldResumeOnlyFromARowThatATrustedSignerSigned() {
        ConsumerRecord<byte[], byte[]> unsigned = row(null);
        ConsumerRecord<byte[], byte[]> signed = row(a.key());

        assertThat(resumed("", "", unsigned)).isPresent();
        assertThat(resumed(a.trusted(), "", signed)).isPresent();
        assertThat(resumed(a.trusted() + "," + b.trusted(), "", signed)).isPresent();
        assertThatThrownBy(() -> resumed(a.trusted(), "", unsigned)).hasMessageContaining("UNSIGNED");
        assertThatThrownBy(() -> resumed(b.trusted(), "", signed)).hasMessageContaining("UNKNOWN_SIGNER");
        assertThatThrownBy(() -> resumed(a.trusted(), "a", signed)).hasMessageContaining("REVOKED_SIGNER");
        signed.value()[signed.value().length - 1] ^= 1;
        assertThatThrownBy(() -> resumed(a.trusted(), "", signed)).hasMessageContaining("WRONG_SIGNATURE");
    }

    @Test
    void shouldSayWhatIsThereWhenTheLedgerEndsInATombstone() {
        ConsumerRecord<byte[], byte[]> tombstone =
                new ConsumerRecord<>("millrace.training-ledger", 0, 0, new byte[0], null);

        for (String trusted : List.of("", a.trusted())) {
            assertThatThrownBy(() -> resumed(trusted, "", tombstone))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("tombstone");
        }
    }

    /** The ledger row of a commit that was signed with this key. */
    private ConsumerRecord<byte[], byte[]> row(@Nullable SigningKey key) {
        producer.clear();
        MockProducer<String, byte[]> own =
                new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
        PipelineSettings pipeline = pipeline("", "");
        TrainerTransaction transaction =
                new TrainerTransaction(pipeline, own, ledger(null), blobs, () -> Instant.ofEpochMilli(1), key);
        transaction.begin();
        transaction.commit(checkpoint(1), announcement(1));
        return received(own.history().get(0));
    }

    private Optional<Checkpoint> resumed(String trusted, String revoked, ConsumerRecord<byte[], byte[]> row) {
        MockProducer<String, byte[]> own =
                new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
        return new TrainerTransaction(
                        pipeline(trusted, revoked), own, ledger(row), blobs, () -> Instant.ofEpochMilli(1), null)
                .begin();
    }

    private TrainerTransaction begun(
            String trusted,
            String revoked,
            @Nullable SigningKey key,
            @Nullable ConsumerRecord<byte[], byte[]> lastRow) {
        TrainerTransaction transaction = new TrainerTransaction(
                pipeline(trusted, revoked), producer, ledger(lastRow), blobs, () -> Instant.ofEpochMilli(1), key);
        transaction.begin();
        return transaction;
    }

    private static MockConsumer<byte[], byte[]> ledger(@Nullable ConsumerRecord<byte[], byte[]> row) {
        TopicPartition partition = new TopicPartition("millrace.training-ledger", 0);
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
        Node node = new Node(0, "127.0.0.1", 1);
        Node[] nodes = {node};
        consumer.updatePartitions(
                partition.topic(), List.of(new PartitionInfo(partition.topic(), 0, node, nodes, nodes)));
        consumer.updateBeginningOffsets(Map.of(partition, 0L));
        consumer.updateEndOffsets(Map.of(partition, row == null ? 0L : 1L));
        if (row != null) {
            consumer.schedulePollTask(() -> consumer.addRecord(row));
        }
        return consumer;
    }

    private static ConsumerRecord<byte[], byte[]> received(ProducerRecord<String, byte[]> sent) {
        return new ConsumerRecord<>(
                sent.topic(),
                0,
                0,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                new byte[0],
                sent.value(),
                sent.headers(),
                Optional.empty());
    }

    private static PipelineSettings pipeline(String trusted, String revoked) {
        return PipelineSettings.from(
                ModelTopics.settings(Map.of("pipeline.trusted.signers", trusted, "pipeline.revoked.signers", revoked)));
    }

    private static Announcement announcement(long step) {
        ModelVersion version = ModelVersion.newBuilder()
                .setVersion("v" + step)
                .setSha256("s")
                .setSizeBytes(1)
                .setCreatedAt(Instant.ofEpochMilli(1))
                .setStep(step)
                .setMethod("adamatch")
                .setNetwork(Map.of())
                .setInputShape(List.of(1))
                .setClasses(List.of("dark", "bright"))
                .setTemperature(1)
                .setConfidenceThreshold(0.9)
                .setMetrics(Map.of())
                .setLearnedFrom(List.of())
                .setSeed(7)
                .setConfigHash("c")
                .setCodeVersion("1")
                .build();
        ModelEvent event =
                new ModelEvent("millrace.", EventKind.GATE, step, "gate", Map.of(), Instant.ofEpochMilli(1), "");
        return new Announcement(
                step, step, List.of(), Optional.of(version), Optional.empty(), List.of(event), List.of());
    }

    private static Checkpoint checkpoint(long step) {
        return new Checkpoint(
                step,
                List.of(Tensor.vector("student", step)),
                new Tensor("scores", List.of(0, 3), new float[0]),
                new Tensor("calibration", List.of(0, 3), new float[0]),
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                List.of(),
                LabelRequests.State.NONE,
                SafetyState.NONE,
                "abc");
    }
}
