package io.millrace.benchmarks.learning;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Where results are kept: {@code learning.csv} has the runs, and everything else is made of them.
 *
 * @param directory made when it is not there
 */
record ResultsFiles(Path directory) {
    ResultsTable table() throws IOException {
        return ResultsTable.at(directory.resolve("learning.csv"));
    }

    /** Writes tables, curves and plots. */
    void write(LearningReport report) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("learning.md"), report.markdown());
        Files.writeString(directory.resolve("learning-curves.csv"), curves(report));
    }

    private static String curves(LearningReport report) {
        StringBuilder out = new StringBuilder("settings,stream,arm,seed,frames,accuracy\n");
        for (List<RunRow> group : report.protocols()) {
            for (RunRow row : group) {
                row.curvePoints()
                        .forEach(point -> out.append(String.format(
                                Locale.ROOT,
                                "%s,%s,%s,%d,%d,%.4f%n",
                                row.settings(),
                                row.stream(),
                                row.arm(),
                                row.seed(),
                                (long) point[0],
                                point[1])));
            }
        }
        return out.toString();
    }
}
