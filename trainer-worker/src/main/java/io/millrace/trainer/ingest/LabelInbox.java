package io.millrace.trainer.ingest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Labels that came and are not due yet. A label is due at the first step whose frames are as late as the label: so the
 * order in which labels take effect is that of event time, not of arrival, and a repeated run makes the same decisions.
 */
final class LabelInbox {
    private static final Comparator<ReceivedLabel> BY_TIME = Comparator.comparing(
                    (ReceivedLabel received) -> received.label().getLabeledAt())
            .thenComparing(received -> received.label().getFrameId())
            .thenComparing(received -> received.label().getRevision());

    private final PriorityQueue<ReceivedLabel> waiting = new PriorityQueue<>(BY_TIME);

    void addAll(Collection<ReceivedLabel> labels) {
        waiting.addAll(labels);
    }

    /** Removes and returns the labels given until {@code time}, in the order of their time. */
    List<ReceivedLabel> dueBy(long time) {
        List<ReceivedLabel> due = new ArrayList<>();
        while (!waiting.isEmpty() && waiting.peek().label().getLabeledAt().toEpochMilli() <= time) {
            due.add(waiting.remove());
        }
        return due;
    }

    /** How many labels wait that were given before {@code time}. */
    int countBefore(long time) {
        return (int) waiting.stream()
                .filter(received -> received.label().getLabeledAt().toEpochMilli() <= time)
                .count();
    }

    /** Labels that are not due yet, in the order of their time. */
    List<ReceivedLabel> waiting() {
        return waiting.stream().sorted(BY_TIME).toList();
    }

    int size() {
        return waiting.size();
    }
}
