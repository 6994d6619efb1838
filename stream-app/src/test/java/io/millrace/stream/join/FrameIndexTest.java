package io.millrace.stream.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.record.FrameReference;
import io.millrace.record.IndexedFrame;
import io.millrace.schemas.AvroDeserializer;
import io.millrace.schemas.AvroSerializer;
import io.millrace.schemas.LockedSchemaIds;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;
import org.junit.jupiter.api.Test;

class FrameIndexTest {
    private static final LockedSchemaIds IDS = LockedSchemaIds.load();
    private static final Serde<IndexedFrame> VALUES =
            Serdes.serdeFrom(new AvroSerializer<>(IDS), new AvroDeserializer<>(IDS, IndexedFrame.class));

    @Test
    void shouldKeepTheFirstReferenceWhenFrameIdComesFromAnotherPartition() {
        // Given
        var context = new MockProcessorContext<String, IndexedFrame>();
        context.setCurrentSystemTimeMs(1_000);
        WindowStore<String, IndexedFrame> store = Stores.windowStoreBuilder(
                        Stores.inMemoryWindowStore(FrameIndex.STORE, Duration.ofHours(1), Duration.ofMillis(1), false),
                        Serdes.String(),
                        VALUES)
                .withLoggingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
        context.addStateStore(store);
        AtomicInteger reappeared = new AtomicInteger();
        var index = new FrameIndex(reappeared::incrementAndGet);
        index.init(context);
        // When
        index.process(new Record<>("f", reference(0), 0));
        context.setCurrentSystemTimeMs(2_000);
        index.process(new Record<>("f", reference(1), 0));
        // Then
        assertThat(context.forwarded()).hasSize(1);
        assertThat(reappeared).hasValue(1);
        var kept = new Remembered<IndexedFrame>(context, FrameIndex.STORE).all("f");
        assertThat(kept).containsExactly(new Remembered.Entry<>(1_000, reference(0)));
    }

    private static IndexedFrame reference(int partition) {
        return new IndexedFrame(
                "f", "camera", Instant.EPOCH, "0".repeat(64), new FrameReference("millrace.frames", partition, 5L));
    }
}
