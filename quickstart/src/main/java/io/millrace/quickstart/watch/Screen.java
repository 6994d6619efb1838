package io.millrace.quickstart.watch;

import static io.millrace.quickstart.watch.Numbers.count;
import static io.millrace.quickstart.watch.Numbers.decimal;
import static io.millrace.quickstart.watch.Numbers.fine;
import static io.millrace.quickstart.watch.Numbers.millis;
import static io.millrace.quickstart.watch.Numbers.percent;

import io.millrace.quickstart.watch.Accuracy.Share;
import io.millrace.quickstart.watch.RunSnapshot.Frames;
import io.millrace.quickstart.watch.RunSnapshot.Labels;
import io.millrace.quickstart.watch.RunSnapshot.Promotion;
import io.millrace.quickstart.watch.RunSnapshot.Training;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the live view shows: lines of at most 80 characters, at most 24 of them, without a terminal's codes. */
final class Screen {
    private static final int WIDTH = 78;
    private static final int BAR = 34;
    private static final int CURVE = 40;
    private static final int PROMOTIONS = 4;
    private static final String LEVELS = "▁▂▃▄▅▆▇█";

    private final String title;
    private final long expectedFrames;
    private final String footer;
    private final List<String> classes;

    Screen(LiveView.Subject subject) {
        this.title = subject.title();
        this.expectedFrames = subject.expectedFrames();
        this.footer = subject.footer();
        this.classes = subject.classes();
    }

    /** Everything on one page. */
    List<String> lines(RunSnapshot run, double framesPerSecond, Duration elapsed) {
        List<String> lines = new ArrayList<>();
        lines.add(fill(" Millrace  " + title, clock(elapsed) + " "));
        lines.add("");
        frames(lines, run.frames(), framesPerSecond);
        accuracy(lines, run);
        training(lines, run.training());
        labels(lines, run.labels());
        lines.add(" latency    p50 " + millis(run.latency().p50()) + "   p99 "
                + millis(run.latency().p99()) + "   from record to prediction");
        lines.add("");
        models(lines, run);
        lines.add("");
        lines.add(" " + footer);
        return lines.stream()
                .map(line -> line.length() > WIDTH ? line.substring(0, WIDTH - 1) + "…" : line)
                .toList();
    }

    /** The most important in one line. */
    String line(RunSnapshot run, double framesPerSecond, Duration elapsed) {
        String champion = run.versions().champion();
        return String.format(
                Locale.ROOT,
                "%s  frames %s predicted %s (%.0f/s)  accuracy %s of %s labels  gate %s  step %s  champion %s",
                clock(elapsed),
                count(run.frames().accepted()),
                count(run.frames().predicted()),
                framesPerSecond,
                percent(run.accuracy().trained().value()),
                count(run.accuracy().trained().of()),
                percent(run.training().latest().get("maskRate")),
                count(run.training().step()),
                champion == null ? "none yet" : champion);
    }

    private void frames(List<String> lines, Frames frames, double framesPerSecond) {
        double share = expectedFrames == 0 ? 0 : Math.min(1, (double) frames.predicted() / expectedFrames);
        int full = (int) Math.round(share * BAR);
        String bar = expectedFrames == 0 ? "" : "█".repeat(full) + "░".repeat(BAR - full) + "  ";
        String of = expectedFrames == 0 ? "" : " / " + count(expectedFrames);
        lines.add(" frames     " + bar + count(frames.predicted()) + of
                + String.format(Locale.ROOT, "   %.0f/s", framesPerSecond));
        lines.add(" ended      trained " + count(frames.trained()) + "   holdout " + count(frames.holdout())
                + "   shed " + count(frames.shed()) + "   dead letters " + count(frames.quarantined()));
        long unrouted = Math.max(0, frames.published() - frames.accepted() - frames.quarantined());
        lines.add(" lag        stream " + count(unrouted) + "   predictor "
                + count(Math.max(0, frames.accepted() - frames.predicted())) + "   trainer "
                + count(frames.untrained()));
        lines.add("");
    }

    private void accuracy(List<String> lines, RunSnapshot run) {
        Accuracy accuracy = run.accuracy();
        lines.add(" accuracy   last 100: " + percent(accuracy.last100().value()) + "   once trained: "
                + percent(accuracy.trained().value()) + " of "
                + count(accuracy.trained().of())
                + "   all: " + percent(accuracy.all().value()) + " of "
                + count(accuracy.all().of()));
        lines.add("            " + curve(run.curves().accuracy()));
        lines.add(" weakest    " + weakest(accuracy.perClass()));
    }

    private static void training(List<String> lines, Training training) {
        Map<String, Double> latest = training.latest();
        lines.add(" gate       lets " + percent(latest.get("maskRate")) + " pass at " + fine(latest.get("threshold"))
                + "   pseudo-labels right " + percent(training.pseudoLabelPrecision()) + " of "
                + count(training.pseudoLabelsAudited()));
        lines.add(" training   step " + count(training.step()) + "   " + decimal(latest.get("stepsPerSecond"))
                + "/s   loss " + fine(latest.get("labeledLoss")) + " labeled, " + fine(latest.get("unlabeledLoss"))
                + " unlabeled");
    }

    private static void labels(List<String> lines, Labels labels) {
        lines.add(" labels     posted " + count(labels.published()) + "   joined " + count(labels.joined())
                + "   corrected " + count(labels.corrected()) + "   retracted " + count(labels.retracted())
                + "   expired " + count(labels.expired()) + "   refused " + count(labels.quarantined()));
    }

    private static void models(List<String> lines, RunSnapshot run) {
        String champion = run.versions().champion();
        lines.add(" champion   " + (champion == null ? "none yet" : champion) + "   ("
                + run.versions().created()
                + " created, " + run.versions().promoted() + " promoted, "
                + run.versions().rejected()
                + " kept back)");
        List<Promotion> promotions = run.versions().promotions();
        for (Promotion promotion : promotions.subList(Math.max(0, promotions.size() - PROMOTIONS), promotions.size())) {
            lines.add("            at " + count(promotion.frames()) + ": " + promotion.reason());
        }
    }

    private String weakest(Map<Integer, Share> perClass) {
        List<Map.Entry<Integer, Share>> classes = new ArrayList<>(new TreeMap<>(perClass).entrySet());
        classes.removeIf(entry -> entry.getValue().of() == 0);
        classes.sort((a, b) -> Double.compare(rate(a.getValue()), rate(b.getValue())));
        StringBuilder words = new StringBuilder();
        for (Map.Entry<Integer, Share> entry : classes.subList(0, Math.min(3, classes.size()))) {
            words.append(name(entry.getKey())).append(' ');
            words.append(percent(entry.getValue().value())).append("   ");
        }
        return words.length() == 0 ? "-" : words.toString().stripTrailing();
    }

    private String name(int classIndex) {
        return classIndex < classes.size() ? classes.get(classIndex) : "class " + classIndex;
    }

    private static double rate(Share share) {
        return (double) share.right() / share.of();
    }

    /** The last part of a curve of shares, one character a point. */
    private static String curve(List<Series.Point> points) {
        StringBuilder curve = new StringBuilder();
        int from = Math.max(0, points.size() - CURVE);
        for (Series.Point point : points.subList(from, points.size())) {
            int level = (int) Math.min(LEVELS.length() - 1, Math.floor(point.value() * LEVELS.length()));
            curve.append(LEVELS.charAt(level));
        }
        return curve.toString();
    }

    private static String fill(String left, String right) {
        return left + " ".repeat(Math.max(1, WIDTH - left.length() - right.length())) + right;
    }

    private static String clock(Duration elapsed) {
        return String.format(
                Locale.ROOT, "%d:%02d:%02d", elapsed.toHours(), elapsed.toMinutesPart(), elapsed.toSecondsPart());
    }
}
