package io.millrace.quickstart.report;

import static io.millrace.quickstart.watch.Numbers.count;
import static io.millrace.quickstart.watch.Numbers.decimal;
import static io.millrace.quickstart.watch.Numbers.millis;
import static io.millrace.quickstart.watch.Numbers.percent;

import io.millrace.quickstart.report.RunFacts.Test;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A run's summary for people, two columns wide. */
public final class SummaryTable {
    private static final String RULE = "─".repeat(78);

    private SummaryTable() {}

    /** Prints the table. */
    public static void print(RunSummary summary, PrintWriter out) {
        out.println(RULE);
        rows(summary).forEach((name, value) -> out.printf(" %-18s %s%n", name, value));
        out.println(RULE);
        out.flush();
    }

    private static Map<String, String> rows(RunSummary run) {
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("run", run.method() + ", seed " + run.seed() + (run.complete() ? "" : ", ended early"));
        rows.put(
                "frames",
                count(run.frames().published()) + " published = "
                        + count(run.frames().accepted()) + " accepted + "
                        + count(run.frames().quarantined()) + " quarantined; "
                        + count(run.frames().predicted()) + " predicted");
        rows.put(
                "training",
                count(run.frames().trained()) + " trained, "
                        + count(run.frames().holdout()) + " holdout, "
                        + count(run.frames().shed()) + " shed; "
                        + count(run.training().steps()) + " steps, "
                        + decimal(run.training().stepsPerSecond()) + "/s");
        rows.put(
                "labels",
                count(run.labels().published()) + " published: "
                        + count(run.labels().joined()) + " joined, "
                        + count(run.labels().corrected()) + " corrected, "
                        + count(run.labels().retracted()) + " retracted, "
                        + count(run.labels().expired()) + " expired");
        models(rows, run);
        operation(rows, run);
        return rows;
    }

    private static void models(Map<String, String> rows, RunSummary run) {
        rows.put(
                "models",
                count(run.versions().created()) + " created, "
                        + count(run.versions().promoted()) + " promoted, "
                        + count(run.versions().rejected()) + " kept back");
        rows.put(
                "champion",
                run.versions().champion() == null ? "none" : run.versions().champion());
        rows.put("test accuracy", test(run.accuracy().test()));
        rows.put(
                "prequential",
                percent(run.accuracy().prequentialTrained()) + " once trained, "
                        + percent(run.accuracy().prequential()) + " of all "
                        + count(run.accuracy().outcomes()) + " labels");
        rows.put(
                "pseudo-labels",
                percent(run.training().pseudoLabelPrecision()) + " right of "
                        + count(run.training().pseudoLabelsAudited()) + " audited; the gate lets "
                        + percent(run.training().gateMaskRate()) + " pass");
    }

    private static void operation(Map<String, String> rows, RunSummary run) {
        rows.put(
                "latency",
                "p50 " + millis(run.latencyMillis().p50()) + ", p99 "
                        + millis(run.latencyMillis().p99()));
        rows.put(
                "time",
                "first prediction after " + decimal(run.times().firstPredictionSeconds()) + " s, end after "
                        + decimal(run.times().totalSeconds()) + " s");
        Long peak = run.peakRssMebibytes();
        rows.put("memory", peak == null ? "unknown" : count(peak) + " MiB at most");
    }

    private static String test(@Nullable Test test) {
        if (test == null) {
            return "not measured";
        }
        String text = percent(test.finalChampion()) + " by the final champion, " + percent(test.firstPromoted())
                + " by the first (" + count(test.frames()) + " frames)";
        return test.finalChampionUnderDrift() == null
                ? text
                : text + "; " + percent(test.finalChampionUnderDrift()) + " under drift";
    }
}
