package io.millrace.stream.validate;

import io.millrace.record.Frame;
import io.millrace.schemas.Decoding;
import io.millrace.schemas.Decoding.Refused;
import io.millrace.schemas.FrameDecoder;
import io.millrace.schemas.Reason;
import io.millrace.schemas.SampleShape;
import io.millrace.stream.flow.Check;
import io.millrace.stream.flow.Verdict;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether a frame is one: fields in range, the key is its source, captured in a sane time, and the bytes decode whole.
 * Everything after this stage may decode without looking again.
 */
public final class FrameValidator implements Check<Frame> {
    /** Longest id, in characters. */
    static final int MAX_ID = 200;
    /** Most bytes of an inline sample; larger ones go through the blob store. */
    static final int MAX_INLINE_BYTES = 900 << 10;

    private final FrameDecoder decoder;
    private final BlobReader blobs;
    private final long maxAgeMs;
    private final long maxFutureMs;

    /**
     * @param shape the pipeline's shape
     * @param blobs where the bytes of large frames come from
     * @param maxAge older frames are refused
     * @param maxFuture frames further in the future are refused
     */
    public FrameValidator(SampleShape shape, BlobReader blobs, Duration maxAge, Duration maxFuture) {
        this.decoder = new FrameDecoder(shape);
        this.blobs = blobs;
        this.maxAgeMs = maxAge.toMillis();
        this.maxFutureMs = maxFuture.toMillis();
    }

    @Override
    public Verdict check(String key, Frame frame, long nowMs) {
        if (badText(frame.getFrameId()) || badText(frame.getSourceId())) {
            return Verdict.rejected(
                    Reason.BAD_FIELD,
                    "expected frameId and sourceId of 1 to " + MAX_ID + " characters, got "
                            + frame.getFrameId().length() + " and "
                            + frame.getSourceId().length());
        }
        if (!key.equals(frame.getSourceId())) {
            return Verdict.rejected(
                    Reason.KEY_MISMATCH, "expected the source id " + frame.getSourceId() + " as key, got " + key);
        }
        long captured = frame.getCapturedAt().toEpochMilli();
        if (!(captured >= nowMs - maxAgeMs && captured <= nowMs + maxFutureMs)) {
            return Verdict.rejected(
                    Reason.BAD_TIME,
                    "expected capturedAt from " + maxAgeMs + " ms before to " + maxFutureMs + " ms after " + nowMs
                            + ", got " + captured);
        }
        return frame.getBlobSha256() == null ? inline(frame) : blob(frame, frame.getBlobSha256());
    }

    private Verdict inline(Frame frame) {
        if (frame.getData().remaining() > MAX_INLINE_BYTES) {
            return Verdict.rejected(
                    Reason.BAD_FIELD,
                    "expected at most " + MAX_INLINE_BYTES + " inline bytes, got "
                            + frame.getData().remaining());
        }
        return decode(frame, frame.getData());
    }

    private Verdict blob(Frame frame, String sha256) {
        if (!sha256.matches("[0-9a-f]{64}") || frame.getData().hasRemaining()) {
            return Verdict.rejected(
                    Reason.BAD_FIELD, "expected blobSha256 in 64 lower-case hex digits beside empty data");
        }
        Optional<byte[]> bytes = blobs.read(sha256);
        return bytes.isEmpty()
                ? Verdict.rejected(Reason.BLOB_MISSING, "the blob store has no sound blob " + sha256)
                : decode(frame, ByteBuffer.wrap(bytes.get()));
    }

    private Verdict decode(Frame frame, ByteBuffer bytes) {
        Decoding decoding = decoder.decode(frame.getEncoding(), frame.getShape(), bytes);
        return decoding instanceof Refused refused
                ? Verdict.rejected(refused.reason(), refused.detail())
                : Verdict.valid();
    }

    private static boolean badText(String text) {
        return text.isEmpty() || text.length() > MAX_ID;
    }
}
