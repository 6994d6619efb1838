package io.millrace.stream.join;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;

/**
 * Values by frame id that are forgotten after a while: a window store whose windows start at the wall-clock of the
 * arrival, so that no timestamp from outside moves its time. (A versioned store never expires the latest value.)
 */
final class Remembered<V> {
    /**
     * A value and when it arrived.
     *
     * @param sinceMs wall-clock, milliseconds since 1970-01-01 UTC
     * @param value the value
     */
    record Entry<V>(long sinceMs, V value) {}

    private final WindowStore<String, V> store;

    Remembered(ProcessorContext<?, ?> context, String storeName) {
        this.store = context.getStateStore(storeName);
    }

    static <V> StoreBuilder<WindowStore<String, V>> store(String name, Duration retention, Serde<V> values) {
        return Stores.windowStoreBuilder(
                Stores.persistentWindowStore(name, retention, Duration.ofMillis(1), false), Serdes.String(), values);
    }

    void put(String frameId, V value, long sinceMs) {
        store.put(frameId, value, sinceMs);
    }

    /** The oldest value of the frame. */
    Optional<Entry<V>> first(String frameId) {
        try (WindowStoreIterator<V> found = store.fetch(frameId, 0, Long.MAX_VALUE)) {
            return found.hasNext() ? Optional.of(entry(found.next())) : Optional.empty();
        }
    }

    /** All values of the frame, oldest first. */
    List<Entry<V>> all(String frameId) {
        List<Entry<V>> entries = new ArrayList<>();
        try (WindowStoreIterator<V> found = store.fetch(frameId, 0, Long.MAX_VALUE)) {
            found.forEachRemaining(next -> entries.add(entry(next)));
        }
        return entries;
    }

    private static <V> Entry<V> entry(KeyValue<Long, V> found) {
        return new Entry<>(found.key, found.value);
    }
}
