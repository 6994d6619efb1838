package io.millrace.quickstart.feed;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.common.TopicPartition;

/**
 * Label requests that wait for their answer. Those of one partition are answered in the order in which they lie there, so
 * that one offset says which of them were: a frame is labeled once, whatever restarts.
 */
final class OpenRequests {
    private final long delay;
    private final Map<TopicPartition, Queue<Asked>> waiting = new HashMap<>();

    private record Asked(long offset, long sequence) {}

    /** @param delay from a frame to its label, in frames; a request that comes later than that is answered at once */
    OpenRequests(long delay) {
        this.delay = delay;
    }

    /** Takes a request in. */
    void add(TopicPartition partition, long offset, long sequence) {
        waiting.computeIfAbsent(partition, key -> new ArrayDeque<>()).add(new Asked(offset, sequence));
    }

    /** Frames that are labeled when a frame is seen; they wait no longer. */
    List<Long> dueAt(long seen) {
        List<Long> due = new ArrayList<>();
        for (Queue<Asked> ofPartition : waiting.values()) {
            while (!ofPartition.isEmpty() && ofPartition.element().sequence() + delay <= seen) {
                due.add(ofPartition.remove().sequence());
            }
        }
        due.sort(null);
        return due;
    }

    /** Offset of the first request of each partition that waits. */
    Map<TopicPartition, Long> first() {
        Map<TopicPartition, Long> first = new HashMap<>();
        waiting.forEach((partition, ofPartition) -> {
            if (!ofPartition.isEmpty()) {
                first.put(partition, ofPartition.element().offset());
            }
        });
        return first;
    }
}
