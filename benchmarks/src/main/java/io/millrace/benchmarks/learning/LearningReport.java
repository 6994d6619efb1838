package io.millrace.benchmarks.learning;

import io.millrace.benchmarks.Report;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Finished runs as tables in Markdown: one section for each protocol and stream, mean and standard deviation over seeds,
 * and paired differences, seed by seed.
 */
final class LearningReport {
    private static final String REFERENCE = "supervised";
    private static final List<Column> COLUMNS = List.of(
            new Column("anytime", "anytime %", 100, RunRow::anytime),
            new Column("final", "final %", 100, RunRow::end),
            new Column("prequential", "prequential %", 100, RunRow::prequential),
            new Column("forgetting", "forgetting, points", 100, RunRow::forgetting),
            new Column("recovery", "recovery, frames", 1, RunRow::recovery),
            new Column("recovery.longest", "longest recovery", 1, RunRow::recoveryLongest),
            new Column("shortfall", "shortfall, points", 100, RunRow::shortfall),
            new Column("precision", "pseudo-labels right %", 100, RunRow::precision),
            new Column("coverage", "accepted %", 100, RunRow::coverage),
            new Column("worst.class", "worst class %", 100, RunRow::worstClass),
            new Column("ece", "ECE, points", 100, RunRow::calibrationError),
            new Column("unknown.refused", "unknown found strange %", 100, RunRow::unknownRefused),
            new Column("unknown.kept.out", "unknown kept out %", 100, RunRow::unknownKeptOut),
            new Column("known.refused", "known found strange %", 100, RunRow::knownRefused),
            new Column("known.kept.out", "known kept out %", 100, RunRow::knownKeptOut),
            new Column("backdoor", "backdoor %", 100, RunRow::backdoor),
            new Column("drifts.told", "drifts told", 1, RunRow::driftsTold),
            new Column("collapses", "collapses", 1, RunRow::collapses),
            new Column("held.back", "held back %", 100, RunRow::heldBack),
            new Column("steps", "steps", 1, RunRow::steps),
            new Column("labels", "labels", 1, RunRow::labels),
            new Column("cpu.seconds", "CPU s", 1, RunRow::cpuSeconds));
    private static final List<Column> COMPARED = COLUMNS.subList(0, 3);

    private final List<RunRow> rows;

    /** A figure of a run. @param times turns the value into the unit of the title */
    private record Column(String name, String title, double times, ToDoubleFunction<RunRow> value) {
        Spread of(List<RunRow> rows) {
            return Spread.of(
                    rows.stream().map(row -> times * value.applyAsDouble(row)).toList());
        }

        /** Mean and deviation: shares with a decimal, counts without. */
        String text(List<RunRow> rows) {
            Spread spread = of(rows);
            if (spread.count() == 0) {
                return "";
            }
            String format = times == 1 ? "%,.0f" : "%.1f";
            String mean = String.format(Locale.ROOT, format, spread.mean());
            return Double.isNaN(spread.deviation())
                    ? mean
                    : mean + " ± " + String.format(Locale.ROOT, format, spread.deviation());
        }

        /** Differences of runs of the same seed. */
        Spread difference(List<RunRow> of, List<RunRow> to) {
            Map<Long, Double> reference = new TreeMap<>();
            to.forEach(row -> reference.put(row.seed(), value.applyAsDouble(row)));
            return Spread.of(of.stream()
                    .filter(row -> reference.containsKey(row.seed()))
                    .map(row -> times * (value.applyAsDouble(row) - Objects.requireNonNull(reference.get(row.seed()))))
                    .toList());
        }
    }

    LearningReport(List<RunRow> rows) {
        this.rows = List.copyOf(rows);
    }

    /** All tables; the protocol of the latest run first. */
    String markdown() {
        StringBuilder out = new StringBuilder("# Learning from a stream\n\n");
        out.append(
                "Written by `./millrace bench learning --report` from `learning.csv`; what each number means stands in"
                        + " [benchmarks](../README.md#learning). Mean ± standard deviation over seeds.\n");
        for (List<RunRow> group : protocols()) {
            out.append("\n## ").append(group.get(0).protocol()).append("\n");
            byStream(group).forEach((stream, runs) -> section(stream, runs, out));
            origins(group, out);
        }
        return out.toString();
    }

    /** Mean and deviation of each figure, by stream, arm and figure, of one protocol. @param settings its hash */
    void addTo(Report report, String settings) {
        List<RunRow> group =
                rows.stream().filter(row -> row.settings().equals(settings)).toList();
        byStream(group)
                .forEach((stream, runs) -> byArm(runs).forEach((arm, ofArm) -> {
                    for (Column column : COLUMNS) {
                        Spread spread = column.of(ofArm);
                        report.add(stream + "." + arm + "." + column.name(), spread.mean());
                        report.add(stream + "." + arm + "." + column.name() + ".sd", spread.deviation());
                    }
                    report.add(stream + "." + arm + ".seeds", ofArm.size());
                }));
    }

    /** Runs that can be compared, latest first. */
    List<List<RunRow>> protocols() {
        Map<String, List<RunRow>> groups =
                rows.stream().collect(Collectors.groupingBy(RunRow::settings, LinkedHashMap::new, Collectors.toList()));
        return groups.values().stream()
                .sorted(Comparator.comparing(LearningReport::latest).reversed())
                .toList();
    }

    /** Runs by stream, in the order of names. */
    static Map<String, List<RunRow>> byStream(List<RunRow> rows) {
        return rows.stream().collect(Collectors.groupingBy(RunRow::stream, TreeMap::new, Collectors.toList()));
    }

    /** Runs by arm, in the order in which arms first came. */
    static Map<String, List<RunRow>> byArm(List<RunRow> rows) {
        return rows.stream().collect(Collectors.groupingBy(RunRow::arm, LinkedHashMap::new, Collectors.toList()));
    }

    private static String latest(List<RunRow> group) {
        return group.stream().map(RunRow::at).max(String::compareTo).orElseThrow();
    }

    private static void section(String stream, List<RunRow> runs, StringBuilder out) {
        Map<String, List<RunRow>> arms = byArm(runs);
        List<Column> shown =
                COLUMNS.stream().filter(column -> column.of(runs).count() > 0).toList();
        out.append("\n### ").append(stream).append("\n\n| arm | seeds |");
        shown.forEach(column -> out.append(' ').append(column.title()).append(" |"));
        out.append("\n|---|---|").append("---|".repeat(shown.size())).append('\n');
        arms.forEach((arm, ofArm) -> {
            out.append("| ").append(arm).append(" | ").append(ofArm.size()).append(" |");
            shown.forEach(column -> out.append(' ').append(column.text(ofArm)).append(" |"));
            out.append('\n');
        });
        differences(arms, out);
    }

    private static void differences(Map<String, List<RunRow>> arms, StringBuilder out) {
        List<String> lines = new ArrayList<>();
        for (String arm : arms.keySet()) {
            if (!arm.equals(REFERENCE)
                    && arms.containsKey(REFERENCE)
                    && Arm.paced(arm).isEmpty()) {
                lines.add(difference(arms, arm, REFERENCE, "steps"));
            }
        }
        for (String arm : arms.keySet()) {
            Optional<String> pace = Arm.paced(arm);
            if (pace.isPresent() && arms.containsKey(pace.get())) {
                lines.add(difference(arms, pace.get(), arm, "CPU time"));
            }
        }
        if (!lines.isEmpty()) {
            out.append(
                            "\nPaired differences in points, mean ± standard error; **bold**: more than two standard errors.\n\n")
                    .append("| arm | less | equal |");
            COMPARED.forEach(column -> out.append(' ').append(column.name()).append(" |"));
            out.append("\n|---|---|---|").append("---|".repeat(COMPARED.size())).append('\n');
            lines.forEach(line -> out.append(line).append('\n'));
        }
    }

    private static String difference(Map<String, List<RunRow>> arms, String arm, String less, String equal) {
        StringBuilder line = new StringBuilder("| " + arm + " | " + less + " | " + equal + " |");
        for (Column column : COMPARED) {
            Spread spread =
                    column.difference(Objects.requireNonNull(arms.get(arm)), Objects.requireNonNull(arms.get(less)));
            line.append(' ').append(signed(spread)).append(" |");
        }
        return line.toString();
    }

    private static void origins(List<RunRow> group, StringBuilder out) {
        Map<String, TreeSet<String>> times = new TreeMap<>();
        for (RunRow row : group) {
            String origin = "`" + row.command() + "`, commit " + row.commit() + ", " + row.machine();
            times.computeIfAbsent(origin, key -> new TreeSet<>()).add(row.at().substring(0, 10));
        }
        out.append("\nRuns\n\n");
        times.forEach((origin, days) -> out.append("- ")
                .append(String.join(", ", days))
                .append(": ")
                .append(origin)
                .append('\n'));
    }

    private static String signed(Spread spread) {
        if (spread.count() == 0) {
            return "";
        }
        String mean = String.format(Locale.ROOT, "%+.2f", spread.mean());
        if (Double.isNaN(spread.deviation())) {
            return mean;
        }
        String text = mean + String.format(Locale.ROOT, " ± %.2f", spread.standardError());
        return spread.isClear() ? "**" + text + "**" : text;
    }
}
