package io.millrace.stream.join;

import io.millrace.stream.flow.Origin;
import io.millrace.stream.join.OriginSerde.Waiting;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Labels that came before their frame. They lie in plain key-value stores that forget nothing by themselves: every one
 * of them leaves by {@link #take} or by {@link #expire}.
 *
 * <pre>
 *   waiting-labels            frame id               -&gt; labels in the order of their arrival
 *   waiting-label-deadlines   deadline | frame id    -&gt; nothing; ordered by time, so expiry reads only what is due
 * </pre>
 */
final class WaitingLabels {
    static final String STORE = "waiting-labels";
    static final String DEADLINES = "waiting-label-deadlines";

    /** More labels than this do not wait for one frame: nobody may fill the store with one id. */
    static final int MAX_PER_FRAME = 64;
    /** At most so many frames are looked at in one go, so that a storm of labels does not hold up the stream. */
    private static final int MAX_PER_EXPIRY = 1_000;

    private static final byte[] NOTHING = {};

    private final KeyValueStore<String, List<Waiting>> labels;
    private final KeyValueStore<Bytes, byte[]> deadlines;

    WaitingLabels(ProcessorContext<?, ?> context) {
        this.labels = context.getStateStore(STORE);
        this.deadlines = context.getStateStore(DEADLINES);
    }

    static List<StoreBuilder<?>> stores(String labelTopic) {
        return List.of(
                Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(STORE), Serdes.String(), OriginSerde.listOf(labelTopic)),
                Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(DEADLINES), Serdes.Bytes(), Serdes.ByteArray()));
    }

    /** Keeps a label; false when too many wait for the frame already. */
    boolean add(String frameId, Origin label, long deadlineMs) {
        List<Waiting> waiting = of(frameId);
        if (waiting.size() >= MAX_PER_FRAME) {
            return false;
        }
        waiting.add(new Waiting(deadlineMs, label));
        labels.put(frameId, waiting);
        deadlines.put(deadlineKey(deadlineMs, frameId), NOTHING);
        return true;
    }

    /** Removes and returns the labels that wait for a frame, in the order of their arrival. */
    List<Origin> take(String frameId) {
        List<Waiting> waiting = of(frameId);
        if (!waiting.isEmpty()) {
            labels.delete(frameId);
            waiting.forEach(one -> deadlines.delete(deadlineKey(one.deadlineMs(), frameId)));
        }
        return waiting.stream().map(Waiting::label).toList();
    }

    /** Removes and returns labels whose deadline has come. */
    List<Origin> expire(long nowMs) {
        List<Origin> expired = new ArrayList<>();
        for (String frameId : due(nowMs)) {
            List<Waiting> left = new ArrayList<>();
            for (Waiting waiting : of(frameId)) {
                if (waiting.deadlineMs() <= nowMs) {
                    expired.add(waiting.label());
                    deadlines.delete(deadlineKey(waiting.deadlineMs(), frameId));
                } else {
                    left.add(waiting);
                }
            }
            labels.put(frameId, left.isEmpty() ? null : left);
        }
        return expired;
    }

    private Set<String> due(long nowMs) {
        Set<String> frameIds = new LinkedHashSet<>();
        try (KeyValueIterator<Bytes, byte[]> due = deadlines.range(deadlineKey(0, ""), deadlineKey(nowMs + 1, ""))) {
            while (due.hasNext() && frameIds.size() < MAX_PER_EXPIRY) {
                byte[] key = due.next().key.get();
                frameIds.add(new String(key, Long.BYTES, key.length - Long.BYTES, StandardCharsets.UTF_8));
            }
        }
        return frameIds;
    }

    private List<Waiting> of(String frameId) {
        List<Waiting> waiting = labels.get(frameId);
        return waiting == null ? new ArrayList<>() : waiting;
    }

    private static Bytes deadlineKey(long deadlineMs, String frameId) {
        byte[] id = frameId.getBytes(StandardCharsets.UTF_8);
        return Bytes.wrap(ByteBuffer.allocate(Long.BYTES + id.length)
                .putLong(deadlineMs)
                .put(id)
                .array());
    }
}
