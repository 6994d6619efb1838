package io.millrace.quickstart.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.millrace.quickstart.report.RunFacts.Test;
import io.millrace.quickstart.watch.Accuracy.Share;
import io.millrace.quickstart.watch.RunSnapshot;
import io.millrace.quickstart.watch.RunSnapshot.Frames;
import io.millrace.quickstart.watch.RunSnapshot.Labels;
import io.millrace.quickstart.watch.RunSnapshot.Latency;
import io.millrace.quickstart.watch.RunSnapshot.Training;
import io.millrace.quickstart.watch.RunSnapshot.Versions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One run in numbers, as it goes into {@code summary.json}. Keys come in the order of the components, and are there even
 * when their value is not known (null).
 */
public record RunSummary(
        String method,
        long seed,
        boolean complete,
        Frames frames,
        Labels labels,
        ModelCounts versions,
        Accuracies accuracy,
        Latency latencyMillis,
        Steps training,
        Times times,
        @Nullable Long peakRssMebibytes,
        Map<String, Long> deadLetters,
        Map<String, String> settings,
        Machine machine) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    public RunSummary {
        deadLetters = new TreeMap<>(deadLetters);
        settings = new TreeMap<>(settings);
    }

    /** Model versions: how many, and which was the champion first and last. */
    public record ModelCounts(
            long created,
            long promoted,
            long rejected,
            @Nullable String firstPromoted,
            @Nullable String champion) {
        static ModelCounts of(Versions versions) {
            return new ModelCounts(
                    versions.created(),
                    versions.promoted(),
                    versions.rejected(),
                    versions.first(),
                    versions.champion());
        }
    }

    /**
     * Accuracies in 0..1.
     *
     * @param outcomes predictions that met their label; the prequential accuracies are over these
     * @param prequentialTrained without what the untrained first version answered
     * @param perClass prequential accuracy by class name
     * @param perVersion prequential accuracy by the version that predicted
     */
    public record Accuracies(
            @Nullable Test test,
            long outcomes,
            @Nullable Double prequential,
            @Nullable Double prequentialTrained,
            @Nullable Double prequentialLast100,
            @Nullable Double prequentialLast1000,
            Map<String, @Nullable Double> perClass,
            Map<String, @Nullable Double> perVersion) {}

    /** The trainer's work; shares in 0..1. */
    public record Steps(
            long steps,
            @Nullable Double stepsPerSecond,
            @Nullable Double gateMaskRate,
            @Nullable Double gateThreshold,
            long pseudoLabelsAudited,
            @Nullable Double pseudoLabelPrecision) {
        static Steps of(Training training) {
            return new Steps(
                    training.step(),
                    training.stepsPerSecond(),
                    training.latest().get("maskRate"),
                    training.latest().get("threshold"),
                    training.pseudoLabelsAudited(),
                    training.pseudoLabelPrecision());
        }
    }

    /** Seconds from the start of the process; the first prediction is null when it came from an earlier process. */
    public record Times(@Nullable Double firstPredictionSeconds, double totalSeconds) {
        static Times of(RunFacts facts, @Nullable Instant firstPrediction) {
            Double first = firstPrediction == null || firstPrediction.isBefore(facts.startedAt())
                    ? null
                    : Double.valueOf(seconds(facts.startedAt(), firstPrediction));
            return new Times(first, seconds(facts.startedAt(), facts.endedAt()));
        }

        private static double seconds(Instant from, Instant to) {
            return Duration.between(from, to).toMillis() / 1_000.0;
        }
    }

    /** Summarizes a run on this machine. */
    public static RunSummary of(RunFacts facts, RunSnapshot run) {
        return new RunSummary(
                facts.method(),
                facts.seed(),
                facts.complete(),
                run.frames(),
                run.labels(),
                ModelCounts.of(run.versions()),
                accuracies(facts, run),
                run.latency(),
                Steps.of(run.training()),
                Times.of(facts, run.firstPredictionAt()),
                Machine.peakRssMebibytes(),
                run.deadLetters(),
                facts.settings(),
                Machine.here());
    }

    /** The summary as JSON, indented. */
    public String toJson() {
        try {
            return JSON.writeValueAsString(this) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of numbers and strings is always JSON", e);
        }
    }

    /** Writes the JSON to a file; directories are made. */
    public void writeTo(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Files.writeString(file, toJson(), StandardCharsets.UTF_8);
    }

    private static Accuracies accuracies(RunFacts facts, RunSnapshot run) {
        Map<String, @Nullable Double> perClass = new LinkedHashMap<>();
        List<String> classes = facts.classes();
        for (int i = 0; i < classes.size(); i++) {
            Share share = run.accuracy().perClass().get(i);
            perClass.put(classes.get(i), share == null ? null : share.value());
        }
        Map<String, @Nullable Double> perVersion = new LinkedHashMap<>();
        run.accuracy().perVersion().forEach((version, share) -> perVersion.put(version, share.value()));
        return new Accuracies(
                facts.test(),
                run.accuracy().all().of(),
                run.accuracy().all().value(),
                run.accuracy().trained().value(),
                run.accuracy().last100().value(),
                run.accuracy().last1000().value(),
                perClass,
                perVersion);
    }
}
