package io.millrace.trainer.ingest;

import io.millrace.record.FrameReference;
import io.millrace.runtime.PipelineSettings;
import io.millrace.trainer.batch.Sample;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads frames whose label came later back from where they lie ({@code auto.offset.reset=none}: bytes that retention has
 * removed are noticed, never replaced by others).
 *
 * <p>Not thread-safe.
 */
public final class FrameReader implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Consumer<byte[], byte[]> consumer;
    private final SampleDecoder decoder;
    private final InstantSource clock;

    /** @param consumer closed by this; nobody else uses it */
    public FrameReader(Consumer<byte[], byte[]> consumer, SampleDecoder decoder, InstantSource clock) {
        this.consumer = consumer;
        this.decoder = decoder;
        this.clock = clock;
    }

    /** A consumer as this reader needs it. */
    public static Consumer<byte[], byte[]> consumer(PipelineSettings pipeline) {
        return new KafkaConsumer<>(
                pipeline.kafkaWith(Map.of(
                        "auto.offset.reset", "none",
                        "enable.auto.commit", "false",
                        "isolation.level", "read_committed",
                        "max.poll.records", "1",
                        "max.partition.fetch.bytes", "65536",
                        "client.id", pipeline.topicPrefix() + "frame-reader")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /**
     * Reads a frame back and decodes it.
     *
     * @return the sample, or nothing in it when the record cannot be decoded; empty when its bytes are gone
     * @throws TimeoutException when the broker does not give the record in half a minute
     */
    public Optional<Optional<Sample>> readBack(FrameReference reference) {
        TopicPartition partition = new TopicPartition(reference.getTopic(), reference.getPartition());
        consumer.assign(List.of(partition));
        consumer.seek(partition, reference.getOffset());
        long deadline = clock.millis() + PATIENCE.toMillis();
        try {
            while (clock.millis() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    return record.offset() == reference.getOffset() && record.value() != null
                            ? Optional.of(decoder.read(record).map(SampleDecoder.Readable::sample))
                            : Optional.empty();
                }
            }
        } catch (OffsetOutOfRangeException e) {
            return Optional.empty(); // retention has removed it: the caller accounts for the label as expired
        }
        throw new TimeoutException("no record at " + reference + " within " + PATIENCE);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
