package io.millrace.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.millrace.quickstart.report.Machine;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The figures of one run and where it took place. A figure's name says what, of which part, and in which unit, joined
 * by dots.
 */
public final class Report {
    private final String benchmark;
    private final Instant at;
    private final double loadBefore =
            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    private final Map<String, Double> figures = new LinkedHashMap<>();

    /** @param at when the run began */
    public Report(String benchmark, Instant at) {
        this.benchmark = benchmark;
        this.at = at;
    }

    /** Adds a figure; figures keep their order. NaN says that there is none, and is left out. */
    public void add(String name, double value) {
        if (!Double.isNaN(value)) {
            figures.put(name, value);
        }
    }

    /** Prints a line for each figure. */
    public void print(PrintWriter out) {
        Machine machine = Machine.here();
        out.printf(
                Locale.ROOT,
                "%s: %d cores, %s, load of the machine before %.1f%n",
                benchmark,
                machine.cores(),
                machine.jdk(),
                loadBefore);
        figures.forEach((name, value) -> out.printf(Locale.ROOT, "  %-40s %12s%n", name, printed(value)));
        out.flush();
    }

    /** Writes the same as JSON. */
    public void writeTo(Path file) throws IOException {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("benchmark", benchmark);
        document.put("at", at.toString());
        document.put("machine", Machine.here());
        document.put("load_before", loadBefore);
        document.put("figures", figures);
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), document);
    }

    private static String printed(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? String.valueOf((long) value)
                : String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.3f" : "%.1f", value);
    }
}
