package io.millrace.trainer.ingest;

import io.millrace.record.Frame;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.blob.BlobStore;
import io.millrace.runtime.blob.CorruptBlobException;
import io.millrace.schemas.AvroDeserializer;
import io.millrace.schemas.Decoding;
import io.millrace.schemas.FrameDecoder;
import io.millrace.schemas.Reason;
import io.millrace.trainer.batch.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;

/**
 * Decodes frame records, bytes inline or in the blob store. A bad record is an answer; a blob store that cannot be read is
 * an exception, because it is not the record's fault.
 */
public final class SampleDecoder {
    private final AvroDeserializer<Frame> frames;
    private final FrameDecoder decoder;
    private final BlobStore blobs;

    /** @param blobs where large frames lie */
    public SampleDecoder(PipelineSettings pipeline, BlobStore blobs) {
        this.frames = new AvroDeserializer<>(pipeline.schemaIds(), Frame.class);
        this.decoder = new FrameDecoder(pipeline.frameShape());
        this.blobs = blobs;
    }

    /**
     * What a frame record holds.
     *
     * @param frame the record
     * @param sample its sample, unlabeled
     * @param headers headers of the record
     */
    public record Readable(Frame frame, Sample sample, Headers headers) {}

    /**
     * Reads a record of {@code frames} or {@code accepted-frames}.
     *
     * @return the frame with its sample, or empty when the record is bad, which the stream-app's validation rules out
     * @throws UncheckedIOException when the blob store cannot be read now
     */
    public Optional<Readable> read(ConsumerRecord<byte[], byte[]> record) {
        Frame frame;
        try {
            frame = frames.deserialize(record.topic(), record.value());
        } catch (SerializationException e) {
            return Optional.empty(); // counted by the caller as unreadable
        }
        if (frame == null || !(decode(frame) instanceof Decoding.Decoded decoded)) {
            return Optional.empty();
        }
        return Optional.of(new Readable(
                frame,
                new Sample(frame.getFrameId(), frame.getSourceId(), decoded.values(), Sample.UNLABELED),
                record.headers()));
    }

    /** Decodes a frame whose bytes are inline or in the blob store. */
    Decoding decode(Frame frame) {
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

    private Optional<byte[]> blob(String sha256) {
        try {
            return blobs.get(sha256);
        } catch (CorruptBlobException | IllegalArgumentException e) {
            return Optional.empty(); // refused with BLOB_MISSING
        } catch (IOException e) {
            throw new UncheckedIOException("the blob store cannot be read", e);
        }
    }
}
