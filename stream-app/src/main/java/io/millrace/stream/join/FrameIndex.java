package io.millrace.stream.join;

import io.millrace.record.FrameReference;
import io.millrace.record.IndexedFrame;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.WindowStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers where each frame lies: about 100 bytes a frame. The first reference of a frame id wins. A second one can
 * only come from another partition of {@code frames} (the producer sent the frame under two source ids), where
 * deduplication did not see the first; it is counted and goes no further.
 */
public final class FrameIndex extends ContextualProcessor<String, IndexedFrame, String, IndexedFrame> {
    /** Store of the reference by frame id. */
    public static final String STORE = "frame-index";

    private static final Logger LOGGER = LoggerFactory.getLogger(FrameIndex.class);

    private final Runnable reappeared;

    @SuppressWarnings("NullAway.Init") // set by init
    private Remembered<IndexedFrame> index;

    /** @param reappeared called for every reference after the first */
    public FrameIndex(Runnable reappeared) {
        this.reappeared = reappeared;
    }

    /** The store that this stage needs. */
    public static StoreBuilder<WindowStore<String, IndexedFrame>> store(JoinConfig config, Serde<IndexedFrame> values) {
        return Remembered.store(STORE, config.retention(), values);
    }

    @Override
    public void init(ProcessorContext<String, IndexedFrame> context) {
        super.init(context);
        index = new Remembered<>(context, STORE);
    }

    @Override
    public void process(Record<String, IndexedFrame> record) {
        Optional<Remembered.Entry<IndexedFrame>> before = index.first(record.key());
        if (before.isEmpty()) {
            index.put(record.key(), record.value(), context().currentSystemTimeMs());
            context().forward(record);
            return;
        }
        reappeared.run();
        FrameReference first = before.get().value().getFrame();
        FrameReference second = record.value().getFrame();
        LOGGER.atDebug()
                .addKeyValue("frameId", record.key())
                .addKeyValue("first", first)
                .addKeyValue("second", second)
                .log("A frame id came from two partitions, the first stays");
    }
}
