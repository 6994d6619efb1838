package io.millrace.quickstart.models;

import io.millrace.record.ModelVersion;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Versions as lines of text, oldest first. */
public final class VersionTable {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String ROW = "%s %-23s %-20s %8s %-23s %s";

    private VersionTable() {}

    /**
     * A heading and a line each; a star marks the champion.
     *
     * @param versions in the order of the lines
     * @param champion name of the champion, or null while there is none
     */
    public static List<String> lines(List<ModelVersion> versions, @Nullable String champion) {
        List<String> lines = new ArrayList<>();
        lines.add(ROW.formatted(" ", "version", "made", "step", "champion when made", "holdout accuracy"));
        for (ModelVersion version : versions) {
            lines.add(ROW.formatted(
                    version.getVersion().equals(champion) ? "*" : " ",
                    version.getVersion(),
                    TIME.format(version.getCreatedAt()),
                    version.getStep(),
                    version.getParent() == null ? "-" : version.getParent(),
                    accuracy(version.getMetrics())));
        }
        return lines;
    }

    private static String accuracy(Map<String, Double> metrics) {
        Double accuracy = metrics.get("holdoutAccuracy");
        Double labels = metrics.get("holdoutLabels");
        if (accuracy == null || labels == null) {
            return "not measured";
        }
        return String.format(Locale.ROOT, "%.3f on %d labels", accuracy, labels.longValue());
    }
}
