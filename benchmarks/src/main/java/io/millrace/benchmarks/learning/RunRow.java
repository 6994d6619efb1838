package io.millrace.benchmarks.learning;

import io.millrace.benchmarks.learning.CurveFigures.Recovery;
import io.millrace.benchmarks.learning.CurvePoint.Occasion;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One finished run as a line of the results. Accuracies and shares are in 0..1, NaN where there is none.
 *
 * @param at when it ended, ISO 8601
 * @param settings first 12 hex digits of the hash of protocol and settings: runs with the same can be compared
 * @param protocol what the protocol was, and settings that were set
 * @param stepsPerBatch steps for each batch of frames
 * @param recovery mean over the drifts, in frames
 * @param recoveryLongest of all drifts, in frames
 * @param shortfall mean over the drifts of the level before, less the last level after
 * @param driftsTold how often the watch told of drift
 * @param collapses how often it set the learner back
 * @param heldBack share of the steps from labels alone because of either
 * @param recalls of each class at the end, with blanks between
 * @param curve regular examinations: {@code frames:accuracy}, with blanks between
 * @param drifts looks just before (-), at and after drifts, in the same way
 */
record RunRow(
        String at,
        String commit,
        String machine,
        String command,
        String stream,
        String arm,
        long seed,
        long frames,
        String settings,
        String protocol,
        double stepsPerBatch,
        long steps,
        long refusedSteps,
        long labels,
        double anytime,
        double end,
        double prequential,
        double forgetting,
        double recovery,
        double recoveryLongest,
        double shortfall,
        double precision,
        double coverage,
        double worstClass,
        double calibrationError,
        double unknownRefused,
        double unknownKeptOut,
        double knownRefused,
        double knownKeptOut,
        double backdoor,
        @Nullable Double driftsTold,
        @Nullable Double collapses,
        @Nullable Double heldBack,
        double cpuSeconds,
        String recalls,
        String curve,
        String drifts) {
    /** Columns that older files lack are unknown, not 0. */
    RunRow {
        driftsTold = driftsTold == null ? Double.NaN : driftsTold;
        collapses = collapses == null ? Double.NaN : collapses;
        heldBack = heldBack == null ? Double.NaN : heldBack;
    }

    /** Where and how a run took place. */
    record Origin(String at, String commit, String machine, String command) {}

    /** Which run it is: two with the same key would be the same run. */
    record Key(String stream, String arm, long seed, String settings) {}

    /** What was run. @param frames length of the stream */
    record Subject(Key key, Arm arm, String protocol, long frames) {}

    /** A line for a run. */
    static RunRow of(Origin origin, Subject run, RunResult result) {
        return new RunRow(
                origin.at(),
                origin.commit(),
                origin.machine(),
                origin.command(),
                run.key().stream(),
                run.key().arm(),
                run.key().seed(),
                run.frames(),
                run.key().settings(),
                run.protocol(),
                run.arm().stepsPerBatch(),
                result.steps(),
                result.refusedSteps(),
                result.labels(),
                rounded(CurveFigures.anytime(result.curve())),
                rounded(result.end().accuracy()),
                rounded(result.prequential()),
                rounded(CurveFigures.forgetting(result.curve(), result.lastDomain())),
                rounded(recoveries(result, Recovery::frames).average().orElse(Double.NaN)),
                rounded(recoveries(result, Recovery::frames).max().orElse(Double.NaN)),
                rounded(recoveries(result, Recovery::shortfall).average().orElse(Double.NaN)),
                rounded(result.gate().precision()),
                rounded(result.gate().coverage()),
                rounded(worst(result.end().recalls())),
                rounded(result.end().calibrationError()),
                rounded(result.gate().unknownRefused()),
                rounded(result.gate().unknownKeptOut()),
                rounded(result.gate().knownRefused()),
                rounded(result.gate().knownKeptOut()),
                rounded(result.backdoor()),
                (double) result.watch().drifts(),
                (double) result.watch().collapses(),
                rounded(result.watch().heldBack()),
                rounded(result.cpuSeconds()),
                result.end().recalls().stream().map(RunRow::text).collect(Collectors.joining(" ")),
                curve(result.curve(), true),
                curve(result.curve(), false));
    }

    Key key() {
        return new Key(stream, arm, seed, settings);
    }

    /** The regular examinations: frames and accuracy. */
    List<double[]> curvePoints() {
        return Stream.of(curve.split(" "))
                .filter(point -> !point.isEmpty())
                .map(point -> point.split(":"))
                .map(parts -> new double[] {Double.parseDouble(parts[0]), Double.parseDouble(parts[1])})
                .toList();
    }

    private static DoubleStream recoveries(RunResult result, ToDoubleFunction<Recovery> figure) {
        return CurveFigures.recoveries(result.curve(), result.drifts()).stream().mapToDouble(figure);
    }

    private static double worst(List<Double> recalls) {
        return recalls.stream()
                .filter(recall -> !recall.isNaN())
                .mapToDouble(Double::doubleValue)
                .min()
                .orElse(Double.NaN);
    }

    private static String curve(List<CurvePoint> curve, boolean regular) {
        return curve.stream()
                .filter(point -> (point.occasion() == Occasion.REGULAR) == regular)
                .map(point -> (point.occasion() == Occasion.BEFORE_DRIFT ? "-" : "") + point.frames() + ":"
                        + text(point.accuracy()))
                .collect(Collectors.joining(" "));
    }

    private static String text(double share) {
        return String.format(Locale.ROOT, "%.4f", share);
    }

    private static double rounded(double value) {
        return Double.isNaN(value) ? value : Math.round(value * 1e5) / 1e5;
    }
}
