package io.millrace.stream.deduplicate;

import io.millrace.record.Frame;
import io.millrace.record.FrameReference;
import io.millrace.record.IndexedFrame;
import io.millrace.runtime.blob.Sha256;
import io.millrace.schemas.Reason;
import io.millrace.stream.flow.Flow;
import io.millrace.stream.flow.Flow.Passed;
import io.millrace.stream.flow.Origin;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;

/**
 * Lets the first frame of an id through, as the reference that stands in for it from here on, and refuses every other
 * frame of that id: the same bytes are a duplicate, other bytes a conflict.
 *
 * <p>Windows are those of the wall-clock: what a producer writes into a timestamp can neither empty the store nor fill
 * it.
 */
public final class DuplicateFilter extends ContextualFixedKeyProcessor<String, Passed<Frame>, Flow<IndexedFrame>> {
    /** Store of the content hash by frame id. */
    public static final String STORE = "seen-frames";

    @SuppressWarnings("NullAway.Init") // set by init
    private WindowStore<String, String> seen;

    /** The store that this stage needs. */
    public static StoreBuilder<WindowStore<String, String>> store(Duration retention) {
        return Stores.windowStoreBuilder(
                Stores.persistentWindowStore(STORE, retention, Duration.ofMillis(1), false),
                Serdes.String(),
                Serdes.String());
    }

    @Override
    public void init(FixedKeyProcessorContext<String, Flow<IndexedFrame>> context) {
        super.init(context);
        seen = context.getStateStore(STORE);
    }

    @Override
    public void process(FixedKeyRecord<String, Passed<Frame>> record) {
        context().forward(record.withValue(judge(record.value(), context().currentSystemTimeMs())));
    }

    private Flow<IndexedFrame> judge(Passed<Frame> passed, long nowMs) {
        Frame frame = passed.value();
        String hash = contentHash(frame);
        Optional<String> before = before(frame.getFrameId());
        if (before.isEmpty()) {
            seen.put(frame.getFrameId(), hash, nowMs);
            return new Passed<>(passed.origin(), referenceTo(frame, hash, passed.origin()));
        }
        return before.get().equals(hash)
                ? passed.refused(Reason.DUPLICATE_FRAME, "frame " + frame.getFrameId() + " came before")
                : passed.refused(
                        Reason.CONFLICTING_FRAME,
                        "frame " + frame.getFrameId() + " came before with content " + before.get() + ", now " + hash);
    }

    private Optional<String> before(String frameId) {
        try (WindowStoreIterator<String> found = seen.fetch(frameId, 0, Long.MAX_VALUE)) {
            return found.hasNext() ? Optional.of(found.next().value) : Optional.empty();
        }
    }

    private static String contentHash(Frame frame) {
        if (frame.getBlobSha256() != null) {
            return frame.getBlobSha256();
        }
        ByteBuffer data = frame.getData().duplicate();
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return Sha256.of(bytes);
    }

    private static IndexedFrame referenceTo(Frame frame, String hash, Origin origin) {
        return new IndexedFrame(
                frame.getFrameId(),
                frame.getSourceId(),
                frame.getCapturedAt(),
                hash,
                new FrameReference(origin.topic(), origin.partition(), origin.offset()));
    }
}
