package io.millrace.trainer.publish;

import io.millrace.record.Disposition;
import io.millrace.record.OffsetRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * What became of each offset since the last commit. Neighbours that ended alike become one range.
 *
 * <p>Not thread-safe.
 */
public final class Ledger {
    private final Set<String> readInOrder;
    private final List<Entry> entries = new ArrayList<>();

    private record Entry(String topic, int partition, long from, long to, Disposition disposition) {}

    /**
     * @param readInOrder topics whose offsets end in their order: a gap there is a transaction marker and belongs to the
     *     range around it; elsewhere a gap is a record that ends in another row
     */
    public Ledger(Set<String> readInOrder) {
        this.readInOrder = Set.copyOf(readInOrder);
    }

    /** Writes down how one record ended. */
    public void add(String topic, int partition, long offset, Disposition disposition) {
        addRange(topic, partition, offset, offset, disposition);
    }

    /** Writes down how a range of offsets ended, both ends inclusive. */
    public void addRange(String topic, int partition, long from, long to, Disposition disposition) {
        entries.add(new Entry(topic, partition, from, to, disposition));
    }

    /** True when nothing was written down since the last {@link #take}. */
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Removes and returns everything written down, as ranges in the order of topic, partition and offset. */
    public List<OffsetRange> take() {
        entries.sort(Comparator.comparing(Entry::topic)
                .thenComparingInt(Entry::partition)
                .thenComparingLong(Entry::from));
        List<OffsetRange> ranges = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= entries.size(); i++) {
            if (i == entries.size() || !sameRange(entries.get(start), entries.get(i - 1), entries.get(i))) {
                Entry first = entries.get(start);
                Entry last = entries.get(i - 1);
                long records = entries.subList(start, i).stream()
                        .mapToLong(entry -> entry.to() - entry.from() + 1)
                        .sum();
                ranges.add(new OffsetRange(
                        first.topic(), first.partition(), first.from(), last.to(), first.disposition(), records));
                start = i;
            }
        }
        entries.clear();
        return ranges;
    }

    private boolean sameRange(Entry one, Entry last, Entry next) {
        return one.topic().equals(next.topic())
                && one.partition() == next.partition()
                && one.disposition() == next.disposition()
                && (readInOrder.contains(one.topic()) || last.to() + 1 == next.from());
    }
}
