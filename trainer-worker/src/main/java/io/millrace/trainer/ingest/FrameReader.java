package io.millrace.trainer.ingest;

import io.millrace.record.Frame;
import io.millrace.record.FrameReference;
import io.millrace.runtime.BlobStore;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.AvroDeserializer;
import io.millrace.schemas.Decoding;
import io.millrace.schemas.FrameDecoder;
import io.millrace.schemas.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
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
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Decodes frames: those that just came, and those whose label came later, which are read back from where they lie
 * ({@code auto.offset.reset=none}: bytes that retention has removed are noticed, never replaced by others).
 *
 * <p>Not thread-safe.
 */
public final class FrameReader implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Consumer<byte[], byte[]> consumer;
    private final AvroDeserializer<Frame> frames;
    private final FrameDecoder decoder;
    private final BlobStore blobs;
    private final InstantSource clock;

    /**
     * @param consumer closed by this; nobody else uses it
     * @param blobs where large frames lie
     */
    public FrameReader(
            PipelineSettings pipeline, Consumer<byte[], byte[]> consumer, BlobStore blobs, InstantSource clock) {
        this.consumer = consumer;
        this.frames = new AvroDeserializer<>(pipeline.schemaIds(), Frame.class);
        this.decoder = new FrameDecoder(pipeline.frameShape());
        this.blobs = blobs;
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

    /** Decodes a record of {@code frames} or {@code accepted-frames}. */
    public Decoding decode(String topic, byte[] value) {
        Frame frame;
        try {
            frame = frames.deserialize(topic, value);
        } catch (SerializationException e) {
            return new Decoding.Refused(Reason.NOT_AVRO, String.valueOf(e.getMessage()));
        }
        if (frame == null) {
            return new Decoding.Refused(Reason.TOMBSTONE, "no value");
        }
        return decode(frame);
    }

    /** Decodes a frame whose bytes are inline or in the blob store. */
    public Decoding decode(Frame frame) {
        ByteBuffer bytes = frame.getData();
        if (frame.getBlobSha256() != null) {
            Optional<byte[]> blob = blob(frame.getBlobSha256());
            if (blob.isEmpty()) {
                return new Decoding.Refused(Reason.BLOB_MISSING, "blob " + frame.getBlobSha256());
            }
            bytes = ByteBuffer.wrap(blob.get());
        }
        return decoder.decode(frame.getEncoding(), frame.getShape(), bytes);
    }

    /**
     * Reads a frame back and decodes it.
     *
     * @return the sample, or empty when its bytes are gone
     * @throws TimeoutException when the broker does not give the record in half a minute
     */
    public Optional<Decoding> readBack(FrameReference reference) {
        TopicPartition partition = new TopicPartition(reference.getTopic(), reference.getPartition());
        consumer.assign(List.of(partition));
        consumer.seek(partition, reference.getOffset());
        long deadline = clock.millis() + PATIENCE.toMillis();
        try {
            while (clock.millis() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    return record.offset() == reference.getOffset() && record.value() != null
                            ? Optional.of(decode(reference.getTopic(), record.value()))
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

    private Optional<byte[]> blob(String sha256) {
        try {
            return blobs.get(sha256);
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty(); // refused by the caller with BLOB_MISSING, which is counted
        }
    }
}
