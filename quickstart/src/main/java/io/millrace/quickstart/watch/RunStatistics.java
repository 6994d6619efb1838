package io.millrace.quickstart.watch;

import io.millrace.quickstart.watch.Accuracy.Share;
import io.millrace.quickstart.watch.RunSnapshot.Curves;
import io.millrace.quickstart.watch.RunSnapshot.Frames;
import io.millrace.quickstart.watch.RunSnapshot.Labels;
import io.millrace.quickstart.watch.RunSnapshot.Latency;
import io.millrace.quickstart.watch.RunSnapshot.Promotion;
import io.millrace.quickstart.watch.RunSnapshot.Versions;
import io.millrace.record.Disposition;
import io.millrace.record.EventKind;
import io.millrace.record.LabelAction;
import io.millrace.record.LedgerRow;
import io.millrace.record.ModelAlias;
import io.millrace.record.ModelEvent;
import io.millrace.record.OffsetRange;
import io.millrace.record.Outcome;
import io.millrace.record.Prediction;
import io.millrace.schemas.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts what the topics of a pipeline say, in bounded memory. Thread-safe. */
public final class RunStatistics {
    private static final String CHAMPION = "champion";
    private static final Set<String> EXPIRED = Set.of(Reason.FRAME_EXPIRED.name(), Reason.UNKNOWN_FRAME.name());
    /** Frames on their way to a prediction, at most; latency is not measured for those beyond. */
    private static final int MAX_PENDING = 100_000;

    private static final int MAX_PROMOTIONS = 10_000;
    /** The curve of accuracy begins with so many outcomes: before, it is noise. */
    private static final int ENOUGH = 20;

    private final String acceptedFrames;
    private final Map<Disposition, Long> frames = new EnumMap<>(Disposition.class);
    private final Map<LabelAction, Long> labels = new EnumMap<>(LabelAction.class);
    private final Map<String, Long> deadLetters = new TreeMap<>();
    private final List<Promotion> promotions = new ArrayList<>();
    private final OutcomeBook outcomes = new OutcomeBook();
    private final Series accuracy = new Series();
    private final TrainingStatistics training = new TrainingStatistics();
    private final LatencyHistogram latency = new LatencyHistogram();
    private final Map<String, Long> publishedAt = new Pending();
    private final Map<String, Long> predictedAt = new Pending();
    private long published;
    private long accepted;
    private long predicted;
    private long labelsPublished;
    private long created;
    private long promoted;
    private long rejected;
    private @Nullable Instant firstPrediction;

    /** Forgets its eldest entry when it is full. */
    private static final class Pending extends LinkedHashMap<String, Long> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_PENDING;
        }
    }

    /** @param acceptedFrames name of the topic of accepted frames, by which ledger rows speak of them */
    public RunStatistics(String acceptedFrames) {
        this.acceptedFrames = acceptedFrames;
    }

    /**
     * A frame was published.
     *
     * @param frameId null when it cannot be read
     * @param at time stamp of the record, milliseconds since 1970
     */
    public synchronized void framePublished(@Nullable String frameId, long at) {
        published++;
        if (frameId != null) {
            measure(frameId, publishedAt, at, predictedAt);
        }
    }

    /** A frame was accepted. */
    public synchronized void frameAccepted() {
        accepted++;
    }

    /** A prediction was made; one that supersedes another counts no second time. */
    public synchronized void predicted(Prediction prediction) {
        if (prediction.getSupersedes() != null) {
            return;
        }
        predicted++;
        training.add(prediction.getVerdict());
        Instant at = prediction.getPredictedAt();
        if (firstPrediction == null || at.isBefore(firstPrediction)) {
            firstPrediction = at;
        }
        measure(prediction.getFrameId(), predictedAt, at.toEpochMilli(), publishedAt);
    }

    /** A label was published. */
    public synchronized void labelPublished() {
        labelsPublished++;
    }

    /** A label met its frame. */
    public synchronized void labelJoined(LabelAction action) {
        labels.merge(action, 1L, Long::sum);
    }

    /** A prediction met its label. */
    public synchronized void outcome(Outcome outcome) {
        outcomes.add(outcome);
        Share recent = outcomes.last(100);
        Double share = recent.value();
        if (share != null && recent.of() >= ENOUGH) {
            accuracy.add(accepted, share);
        }
    }

    /** The trainer committed. */
    public synchronized void ledger(LedgerRow row) {
        for (OffsetRange range : row.getRanges()) {
            if (range.getTopic().equals(acceptedFrames)) {
                frames.merge(range.getDisposition(), range.getRecords(), Long::sum);
            }
        }
    }

    /** A model version was announced. */
    public synchronized void versionCreated() {
        created++;
    }

    /** A name points elsewhere. */
    public synchronized void alias(ModelAlias alias) {
        if (!alias.getAlias().equals(CHAMPION)) {
            return;
        }
        boolean replacedAnother = alias.getPrevious() != null;
        if (replacedAnother) {
            promoted++;
        } else {
            outcomes.untrained(alias.getVersion());
        }
        promotions.add(new Promotion(alias.getVersion(), replacedAnother, accepted, alias.getReason()));
        if (promotions.size() > MAX_PROMOTIONS) {
            promotions.remove(MAX_PROMOTIONS / 2); // the first and the latest are worth keeping
        }
    }

    /** The trainer said something. */
    public synchronized void event(ModelEvent event) {
        rejected += event.getKind() == EventKind.KEPT ? 1 : 0;
        training.add(event, accepted);
    }

    /**
     * A record was refused.
     *
     * @param topic the topic it came from, without the prefix
     * @param reason reason code
     */
    public synchronized void deadLetter(String topic, String reason) {
        deadLetters.merge(topic + " " + reason, 1L, Long::sum);
    }

    /** The numbers of this moment. */
    public synchronized RunSnapshot snapshot() {
        return new RunSnapshot(
                frameCounts(),
                labelCounts(),
                new Versions(created, promoted, rejected, promotions),
                outcomes.accuracy(),
                training.snapshot(),
                new Latency(latency.quantile(0.5), latency.quantile(0.99)),
                new Curves(
                        accuracy.points(),
                        training.maskRate().points(),
                        training.precision().points()),
                deadLetters,
                firstPrediction);
    }

    private Frames frameCounts() {
        return new Frames(
                published,
                accepted,
                deadLettersOf("frames ", Set.of()),
                predicted,
                count(Disposition.TRAINED),
                count(Disposition.HOLDOUT),
                count(Disposition.SHED),
                count(Disposition.QUARANTINED) + count(Disposition.EXPIRED));
    }

    private Labels labelCounts() {
        long refused = deadLettersOf("labels ", Set.of());
        long otherwise = deadLettersOf("labels ", EXPIRED);
        return new Labels(
                labelsPublished,
                labels.getOrDefault(LabelAction.ASSIGN, 0L),
                labels.getOrDefault(LabelAction.CORRECT, 0L),
                labels.getOrDefault(LabelAction.RETRACT, 0L),
                refused - otherwise,
                otherwise);
    }

    private long count(Disposition disposition) {
        return frames.getOrDefault(disposition, 0L);
    }

    private long deadLettersOf(String topic, Set<String> exceptFor) {
        return deadLetters.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(topic)
                        && !exceptFor.contains(entry.getKey().substring(topic.length())))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Topics are read side by side, so a prediction may be seen before its frame: whoever comes second measures. */
    private void measure(String frameId, Map<String, Long> mine, long at, Map<String, Long> others) {
        Long other = others.remove(frameId);
        if (other == null) {
            mine.put(frameId, at);
        } else {
            latency.add(Math.abs(at - other));
        }
    }
}
