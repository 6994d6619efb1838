package io.millrace.runtime.meters;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;

/**
 * Gauges that belong to one run of something. They go with it, so that a successor in the same process shows its own
 * numbers and not those of its predecessor. Not thread-safe; its levels are.
 */
public final class Gauges implements AutoCloseable {
    private final MeterRegistry meters;
    private final List<Meter> registered = new ArrayList<>();

    /** A number that one thread sets and every thread may read; NaN until it is set. */
    public static final class Level {
        private volatile double value = Double.NaN;

        private Level() {}

        /** Sets the number. */
        public void set(double now) {
            value = now;
        }

        double get() {
            return value;
        }
    }

    /** @param meters where the gauges are shown */
    public Gauges(MeterRegistry meters) {
        this.meters = meters;
    }

    /**
     * Shows a number from now until closed.
     *
     * @param name dotted name; ends with the unit, if it has one
     * @param unit base unit, empty for a number without one
     * @param description one sentence
     * @param tags keys and values in turn
     */
    public Level add(String name, String unit, String description, String... tags) {
        Level level = new Level();
        registered.add(Gauge.builder(name, level, Level::get)
                .baseUnit(unit.isEmpty() ? null : unit)
                .description(description)
                .tags(tags)
                .strongReference(true)
                .register(meters));
        return level;
    }

    @Override
    public void close() {
        registered.forEach(meters::remove);
        registered.clear();
    }
}
