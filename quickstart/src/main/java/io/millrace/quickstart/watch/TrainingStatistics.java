package io.millrace.quickstart.watch;

import io.millrace.quickstart.watch.RunSnapshot.Training;
import io.millrace.record.EventKind;
import io.millrace.record.ModelEvent;
import io.millrace.record.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the trainer says of itself, and the verdicts on its predictions. Not thread-safe. */
final class TrainingStatistics {
    private static final int VERDICTS = 1_000;

    private final Series maskRate = new Series();
    private final Series precision = new Series();
    private final Deque<Boolean> verdicts = new ArrayDeque<>();
    private long confident;
    private Map<String, Double> latest = Map.of();
    private long step;
    private final Restarting pseudoLabels = new Restarting();
    private final Restarting right = new Restarting();
    private final Restarting audited = new Restarting();
    private @Nullable ModelEvent firstGate;
    private @Nullable ModelEvent lastGate;

    /** A counter that begins at 0 again when its process restarts. */
    private static final class Restarting {
        private long before;
        private long now;

        void reads(long value) {
            before += value < now ? now : 0;
            now = value;
        }

        long total() {
            return before + now;
        }
    }

    /** Counts an event. */
    void add(ModelEvent event, long framesAccepted) {
        step = Math.max(step, event.getStep());
        if (event.getKind() != EventKind.GATE) {
            return;
        }
        firstGate = firstGate == null ? event : firstGate;
        lastGate = event;
        latest = Map.copyOf(event.getNumbers());
        pseudoLabels.reads(number("pseudoLabels"));
        right.reads(number("pseudoLabelsRight"));
        audited.reads(number("pseudoLabelsAudited"));
        if (latest.containsKey("maskRate")) {
            maskRate.add(framesAccepted, latest.getOrDefault("maskRate", 0.0));
        }
        if (audited.total() > 0) {
            precision.add(framesAccepted, (double) right.total() / audited.total());
        }
    }

    /** Counts the verdict on a prediction. */
    void add(Verdict verdict) {
        boolean passed = verdict == Verdict.CONFIDENT;
        verdicts.addLast(passed);
        confident += passed ? 1 : 0;
        if (verdicts.size() > VERDICTS) {
            confident -= verdicts.removeFirst() ? 1 : 0;
        }
    }

    Series maskRate() {
        return maskRate;
    }

    Series precision() {
        return precision;
    }

    Training snapshot() {
        Double share = verdicts.isEmpty() ? null : (double) confident / verdicts.size();
        return new Training(
                step, stepsPerSecond(), latest, pseudoLabels.total(), right.total(), audited.total(), share);
    }

    private @Nullable Double stepsPerSecond() {
        if (firstGate == null || lastGate == null) {
            return null;
        }
        Instant from = firstGate.getAt();
        Duration between = Duration.between(from, lastGate.getAt());
        return between.toMillis() < 1
                ? null
                : 1_000.0 * (lastGate.getStep() - firstGate.getStep()) / between.toMillis();
    }

    private long number(String key) {
        return Math.round(latest.getOrDefault(key, 0.0));
    }
}
