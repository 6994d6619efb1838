package io.millrace.quickstart.watch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** How fast a counter grows, over the last five seconds. Not thread-safe. */
final class Throughput {
    private static final long WINDOW = TimeUnit.SECONDS.toNanos(5);

    private final Deque<Reading> readings = new ArrayDeque<>();

    private record Reading(long nanos, long count) {}

    /**
     * Takes a reading.
     *
     * @param nanos of {@link System#nanoTime}
     * @return growth per second
     */
    double read(long nanos, long count) {
        readings.addLast(new Reading(nanos, count));
        while (readings.size() > 2 && nanos - readings.getFirst().nanos() > WINDOW) {
            readings.removeFirst();
        }
        Reading first = readings.getFirst();
        long between = nanos - first.nanos();
        return between <= 0 ? 0 : (count - first.count()) * (double) TimeUnit.SECONDS.toNanos(1) / between;
    }
}
