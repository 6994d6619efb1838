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
public final class BenchmarkOptions {
    @Option(names = "--quick", description = "Takes less than two minutes; for a first look, not for publishing.")
    public boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures there as well.")
    @Nullable
    Path json;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "One setting, see docs/SETTINGS.md; may be repeated.")
    public Map<String, String> set = new TreeMap<>();

    @Option(names = "--seed", description = "Seed of streams and learners.")
    public @Nullable Long seed;

    /** What was asked for, or else what is usual. */
    public int or(@Nullable Integer asked, int whenQuick, int usual) {
        return asked != null ? asked : quick ? whenQuick : usual;
    }

    /** The seed that was asked for, or else the usual one. */
    public long seedOr(long usual) {
        return seed == null ? usual : seed;
    }

    /** Settings of a trainer: what was set, overridden by what the benchmark itself varies. */
    public TrainerSettings trainer(Map<String, String> own) {
        return TrainerSettings.from(Settings.of(TrainerSettings.declare(), Set.of("stream"), List.of(set, own)));
    }

    /** Prints the figures, and writes them where they were asked for. */
    public void publish(Report report, PrintWriter out) throws IOException {
        report.print(out);
        if (json != null) {
            report.writeTo(json);
        }
    }
}
