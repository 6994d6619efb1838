package io.millrace.quickstart.watch;

import java.util.ArrayList;
import java.util.List;

/**
 * A curve of an endless stream in constant memory: when it is full, every second point goes, and from then on only every
 * second point comes in. Not thread-safe.
 */
public final class Series {
    private static final int CAPACITY = 2_000;

    private final List<Point> points = new ArrayList<>();
    private long stride = 1;
    private long seen;

    Series() {}

    /**
     * A point.
     *
     * @param frames frames accepted until then
     */
    public record Point(long frames, double value) {}

    void add(long frames, double value) {
        if (seen++ % stride != 0) {
            return;
        }
        if (points.size() == CAPACITY) {
            List<Point> kept = new ArrayList<>();
            for (int i = 0; i < points.size(); i += 2) {
                kept.add(points.get(i));
            }
            points.clear();
            points.addAll(kept);
            stride *= 2;
        }
        points.add(new Point(frames, value));
    }

    List<Point> points() {
        return List.copyOf(points);
    }
}
