package io.millrace.benchmarks;

import io.millrace.runtime.Settings;
import io.millrace.trainer.TrainerSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every benchmark can be told. */
final class BenchmarkOptions {
    @Option(names = "--quick", description = "Takes less than a minute; for a first look, not for publishing.")
    boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there as well.")
    @Nullable
    Path json;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One setting, see docs/SETTINGS.md; may be repeated.")
    Map<String, String> set = new TreeMap<>();

    /** What was asked for, or else what is usual. */
    int or(@Nullable Integer asked, int whenQuick, int usual) {
        return asked != null ? asked : quick ? whenQuick : usual;
    }

    /** Settings of a trainer: what was set, overridden by what the benchmark itself varies. */
    TrainerSettings trainer(Map<String, String> own) {
        return TrainerSettings.from(Settings.of(TrainerSettings.declare(), Set.of("stream"), List.of(set, own)));
    }

    /** Prints the figures, and writes them where they were asked for. */
    void publish(Report report, PrintWriter out) throws IOException {
        report.print(out);
        if (json != null) {
            report.writeTo(json);
        }
    }
}
