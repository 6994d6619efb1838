package io.millrace.trainer.publish;

import io.millrace.record.Disposition;
import io.millrace.record.OffsetRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What became of each offset since the last commit. Offsets that lie side by side and ended alike become one range.
 *
 * <p>Not thread-safe.
 */
public final class Ledger {
    private final List<Entry> entries = new ArrayList<>();
    private final Map<Disposition, Long> counts = new EnumMap<>(Disposition.class);

    private record Entry(String topic, int partition, long offset, Disposition disposition) {}

    /** Writes down how one record ended. */
    public void add(String topic, int partition, long offset, Disposition disposition) {
        entries.add(new Entry(topic, partition, offset, disposition));
        counts.merge(disposition, 1L, Long::sum);
    }

    /** How many records ended so, since the start of the process. */
    public long count(Disposition disposition) {
        return counts.getOrDefault(disposition, 0L);
    }

    /** True when nothing was written down since the last {@link #take}. */
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Removes and returns everything written down, as ranges in the order of topic, partition and offset. */
    public List<OffsetRange> take() {
        entries.sort(Comparator.comparing(Entry::topic)
                .thenComparingInt(Entry::partition)
                .thenComparingLong(Entry::offset));
        List<OffsetRange> ranges = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= entries.size(); i++) {
            if (i == entries.size() || !sameRange(entries.get(start), entries.get(i))) {
                Entry first = entries.get(start);
                Entry last = entries.get(i - 1);
                ranges.add(new OffsetRange(
                        first.topic(), first.partition(), first.offset(), last.offset(), first.disposition(), (long)
                                (i - start)));
                start = i;
            }
        }
        entries.clear();
        return ranges;
    }

    private static boolean sameRange(Entry one, Entry other) {
        return one.topic().equals(other.topic())
                && one.partition() == other.partition()
                && one.disposition() == other.disposition();
    }
}
