package io.millrace.trainer.ingest;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Frames of one partition that were fetched and not taken yet, in the order of their offsets. */
final class FrameQueue {
    /** A partition with this many frames in hand is not fetched from. */
    private static final int ENOUGH = 512;

    private final TopicPartition partition;
    private final Deque<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();
    private long quietSince;

    FrameQueue(TopicPartition partition, long now) {
        this.partition = partition;
        this.quietSince = now;
    }

    TopicPartition partition() {
        return partition;
    }

    void add(ConsumerRecord<byte[], byte[]> record, long now) {
        records.add(record);
        quietSince = now;
    }

    void putBack(ConsumerRecord<byte[], byte[]> record) {
        records.addFirst(record);
    }

    @Nullable
    ConsumerRecord<byte[], byte[]> head() {
        return records.peek();
    }

    ConsumerRecord<byte[], byte[]> take() {
        return records.remove();
    }

    int size() {
        return records.size();
    }

    boolean isFull() {
        return records.size() >= ENOUGH;
    }

    /** Since when no frame has come, in milliseconds. */
    long quietSince() {
        return quietSince;
    }

    /** True when its first frame is earlier than that of the other; event time decides, then the partition number. */
    static boolean isEarlier(ConsumerRecord<byte[], byte[]> one, ConsumerRecord<byte[], byte[]> other) {
        return one.timestamp() != other.timestamp()
                ? one.timestamp() < other.timestamp()
                : one.partition() < other.partition();
    }
}
