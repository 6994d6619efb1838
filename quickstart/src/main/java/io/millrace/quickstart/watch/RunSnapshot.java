package io.millrace.quickstart.watch;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline at one moment, as its topics tell.
 *
 * @param deadLetters how many, by {@code <topic> <reason>}
 * @param firstPredictionAt wall-clock time of the first prediction
 */
public record RunSnapshot(
        Frames frames,
        Labels labels,
        Versions versions,
        Accuracy accuracy,
        Training training,
        Latency latency,
        Curves curves,
        Map<String, Long> deadLetters,
        @Nullable Instant firstPredictionAt) {
    public RunSnapshot {
        deadLetters = Map.copyOf(deadLetters);
    }

    /**
     * Frames by where they ended.
     *
     * @param quarantined dead letters of {@code frames}
     * @param trained taken into training, by the ledger
     * @param holdout put aside for evaluation, by the ledger
     * @param shed predicted only, because the trainer was behind
     * @param unreadable accepted, but the trainer could not read them, or they were gone
     */
    public record Frames(
            long published,
            long accepted,
            long quarantined,
            long predicted,
            long trained,
            long holdout,
            long shed,
            long unreadable) {
        /** True when each frame was accepted or refused, and each accepted frame was predicted. */
        public boolean areSettled() {
            return published == accepted + quarantined && accepted == predicted;
        }

        /** Accepted frames that the trainer has not committed yet. */
        public long untrained() {
            return Math.max(0, accepted - trained - holdout - shed - unreadable);
        }
    }

    /**
     * Label events by where they ended.
     *
     * @param joined first labels that met their frame
     * @param expired their frame did not come, or was gone
     * @param quarantined refused for another reason
     */
    public record Labels(long published, long joined, long corrected, long retracted, long expired, long quarantined) {
        /** True when each label event has ended. */
        public boolean areSettled() {
            return published == joined + corrected + retracted + expired + quarantined;
        }
    }

    /**
     * Model versions.
     *
     * @param promoted challengers that replaced a champion; the untrained first version replaced none
     * @param promotions every change of the champion, the untrained first version included
     * @param rejected challengers that did not replace the champion
     */
    public record Versions(long created, long promoted, long rejected, List<Promotion> promotions) {
        public Versions {
            promotions = List.copyOf(promotions);
        }

        /** The first version that earned its place; null before there is one. */
        public @Nullable String first() {
            return promotions.stream()
                    .filter(Promotion::replacedAnother)
                    .map(Promotion::version)
                    .findFirst()
                    .orElse(null);
        }

        /** The champion of the moment; null before there is one. */
        public @Nullable String champion() {
            return promotions.isEmpty()
                    ? null
                    : promotions.get(promotions.size() - 1).version();
        }
    }

    /**
     * A change of the champion.
     *
     * @param replacedAnother false for the untrained first version, which only sees to it that every frame has an answer
     * @param frames frames accepted until then
     */
    public record Promotion(String version, boolean replacedAnother, long frames, String reason) {}

    /**
     * The trainer, as its events tell.
     *
     * @param stepsPerSecond over the whole run; null with less than two summaries
     * @param latest numbers of the last gate summary
     * @param pseudoLabelsAudited pseudo-labels whose truth became known
     * @param confidentShare share of the last 1,000 predictions that reached the gate's threshold
     */
    public record Training(
            long step,
            @Nullable Double stepsPerSecond,
            Map<String, Double> latest,
            long pseudoLabels,
            long pseudoLabelsRight,
            long pseudoLabelsAudited,
            @Nullable Double confidentShare) {
        public Training {
            latest = Map.copyOf(latest);
        }

        /** Share of audited pseudo-labels that were right; null when none was audited. */
        public @Nullable Double pseudoLabelPrecision() {
            return pseudoLabelsAudited == 0 ? null : (double) pseudoLabelsRight / pseudoLabelsAudited;
        }
    }

    /** From a frame's record time stamp to its prediction, in milliseconds; null before the first. */
    public record Latency(@Nullable Double p50, @Nullable Double p99) {}

    /**
     * Curves over accepted frames.
     *
     * @param accuracy over the last 100 outcomes
     * @param maskRate share of unlabeled samples that pass the gate
     * @param precision share of audited pseudo-labels that were right
     */
    public record Curves(List<Series.Point> accuracy, List<Series.Point> maskRate, List<Series.Point> precision) {
        public Curves {
            accuracy = List.copyOf(accuracy);
            maskRate = List.copyOf(maskRate);
            precision = List.copyOf(precision);
        }
    }
}
