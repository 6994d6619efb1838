package io.millrace.benchmarks.learning;

import io.millrace.quickstart.report.LineChart;
import java.awt.AWTError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where results are kept: {@code learning.csv} has the runs, and everything else is made of them.
 *
 * @param directory made when it is not there
 */
record ResultsFiles(Path directory) {
    ResultsTable table() throws IOException {
        return ResultsTable.at(directory.resolve("learning.csv"));
    }

    /**
     * Writes tables, curves and plots.
     *
     * @return why there are no plots; empty when there are
     */
    Optional<String> write(LearningReport report) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("learning.md"), report.markdown());
        Files.writeString(directory.resolve("learning-curves.csv"), curves(report));
        try {
            plot(report);
            return Optional.empty();
        } catch (LinkageError | AWTError | RuntimeException e) {
            return Optional.of("this Java cannot draw text: " + e); // what it throws differs from one Java to the next
        }
    }

    /** One plot for each stream, of its latest protocol. */
    private void plot(LearningReport report) throws IOException {
        Set<String> drawn = new HashSet<>();
        for (List<RunRow> group : report.protocols()) {
            for (Map.Entry<String, List<RunRow>> stream :
                    LearningReport.byStream(group).entrySet()) {
                if (drawn.add(stream.getKey())) {
                    String title = stream.getKey() + ": accuracy on test samples of the domains of the moment";
                    LineChart chart = new LineChart(title, "frames", "accuracy");
                    LearningReport.byArm(stream.getValue()).forEach((arm, runs) -> add(chart, arm, runs));
                    chart.writeTo(directory.resolve("learning-" + stream.getKey() + ".png"));
                }
            }
        }
    }

    /** The mean over seeds. */
    private static void add(LineChart chart, String arm, List<RunRow> runs) {
        Map<Double, Double> sums = new TreeMap<>();
        for (RunRow run : runs) {
            run.curvePoints().forEach(point -> sums.merge(point[0], point[1], Double::sum));
        }
        double[] frames =
                sums.keySet().stream().mapToDouble(Double::doubleValue).toArray();
        double[] means =
                sums.values().stream().mapToDouble(sum -> sum / runs.size()).toArray();
        chart.add(arm, frames, means);
    }

    private static String curves(LearningReport report) {
        StringBuilder out = new StringBuilder("settings,stream,arm,seed,frames,accuracy\n");
        for (List<RunRow> group : report.protocols()) {
            for (RunRow row : group) {
                String run = row.settings() + "," + row.stream() + "," + row.arm() + "," + row.seed();
                row.curvePoints()
                        .forEach(point ->
                                out.append(String.format(Locale.ROOT, "%s,%d,%.4f\n", run, (long) point[0], point[1])));
            }
        }
        return out.toString();
    }
}
