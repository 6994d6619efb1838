package io.millrace.trainer.publish;

import io.millrace.record.LedgerRow;
import io.millrace.runtime.signing.TrustedSigners;
import io.millrace.runtime.signing.TrustedSigners.Verdict;
import io.millrace.schemas.Topic;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The last row of the ledger: where the trainer goes on.
 *
 * @param record as it lies in the topic
 * @param ledger how it is read
 */
public record LedgerEnd(ConsumerRecord<byte[], byte[]> record, Topic<LedgerRow> ledger) {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /**
     * Finds the last committed row; the offsets behind it may be transaction markers, so it is looked for backwards.
     *
     * @param consumer reads committed records only; what it is assigned to is changed, and it stays the caller's
     * @return the row, not verified, or empty while there is none
     * @throws IllegalStateException when the ledger has not one partition: the last row might lie in another one, and
     *     everything be learned again
     */
    public static Optional<LedgerEnd> read(
            Topic<LedgerRow> ledger, Consumer<byte[], byte[]> consumer, InstantSource clock) {
        TopicPartition partition = new TopicPartition(ledger.name(), 0);
        int partitions = consumer.partitionsFor(partition.topic()).size();
        if (partitions != 1) {
            throw new IllegalStateException("expected " + partition.topic() + " to have one partition, got "
                    + partitions + ": its rows are one chain, so make the topic anew with one");
        }
        consumer.assign(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        long begin = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        ConsumerRecord<byte[], byte[]> last = null;
        long start = end;
        for (long back = 8; last == null && start > begin; back *= 8) {
            start = Math.max(begin, end - back);
            consumer.seek(partition, start);
            Deadline deadline = new Deadline(clock, PATIENCE);
            while (consumer.position(partition) < end) {
                deadline.check("the training ledger");
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    last = record;
                }
            }
        }
        return Optional.ofNullable(last).map(record -> new LedgerEnd(record, ledger));
    }

    /**
     * Verifies who signed the row, and only then reads it.
     *
     * @throws IllegalStateException when it is a tombstone, or signatures are required and this one is not that of a
     *     trusted signer
     */
    public LedgerRow row(TrustedSigners signers) {
        if (record.value() == null) {
            throw new IllegalStateException("expected the last record of the ledger, offset " + record.offset()
                    + ", to be a row, got a tombstone");
        }
        Verdict verdict = RecordSignature.verdict(signers, record);
        if (signers.areRequired() && verdict != Verdict.TRUSTED) {
            throw new IllegalStateException("expected the last row of the ledger, offset " + record.offset()
                    + ", to be signed by one of " + signers.keys().keySet() + ", got " + verdict);
        }
        return ledger.values().deserializer().deserialize(ledger.name(), record.value());
    }
}
