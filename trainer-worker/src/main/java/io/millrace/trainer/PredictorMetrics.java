package io.millrace.trainer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.record.ModelVersion;
import io.millrace.record.Prediction;
import io.millrace.record.Verdict;
import io.millrace.runtime.meters.Gauges;
import io.millrace.runtime.meters.Gauges.Level;
import io.millrace.schemas.SendTime;
import io.millrace.trainer.ingest.SampleDecoder.Readable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * The meters of the prediction thread; docs/METRICS.md lists them. Predictions are counted once they are committed. Classes
 * are a tag, because a shift between them is the first sign of drift; beyond the first {@value #CLASSES} they are "other".
 */
final class PredictorMetrics implements AutoCloseable {
    private static final int CLASSES = 100;

    private final MeterRegistry meters;
    private final Gauges gauges;
    private final Timer batches;
    private final Timer latency;
    private final DistributionSummary confidence;
    private final Counter unreadable;
    private final Counter rolledBack;
    private final List<Counter> confident = new ArrayList<>();
    private final List<Counter> uncertain = new ArrayList<>();
    private final Level backlog;
    private final Level championStep;
    private final Level championCreated;

    /** @param classes class names of the pipeline */
    PredictorMetrics(MeterRegistry meters, List<String> classes) {
        this.meters = meters;
        gauges = new Gauges(meters);
        batches = Timer.builder("predictor.batch.duration")
                .description("One poll of frames, from records to committed predictions")
                .serviceLevelObjectives(millis(20, 50, 100, 250, 500, 1_000, 5_000))
                .register(meters);
        latency = Timer.builder("predictor.latency")
                .description("From the sending of a frame, by the timestamp of its record, to its committed prediction")
                .serviceLevelObjectives(millis(50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000))
                .register(meters);
        confidence = DistributionSummary.builder("predictor.confidence")
                .description("Calibrated confidence of the answers, 0 to 1")
                .serviceLevelObjectives(0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
                .register(meters);
        unreadable = Counter.builder("predictor.unreadable.frames")
                .baseUnit("frames")
                .description("Accepted frames that could not be read and got no answer")
                .register(meters);
        rolledBack = Counter.builder("predictor.rolled.back.batches")
                .baseUnit("batches")
                .description("Batches that were rolled back and answered again, here or by another predictor")
                .register(meters);
        for (String name : classes.subList(0, Math.min(classes.size(), CLASSES))) {
            confident.add(predictions(name, Verdict.CONFIDENT));
            uncertain.add(predictions(name, Verdict.UNCERTAIN));
        }
        if (classes.size() > CLASSES) {
            confident.add(predictions("other", Verdict.CONFIDENT));
            uncertain.add(predictions("other", Verdict.UNCERTAIN));
        }
        backlog = gauges.add("predictor.backlog.frames", "frames", "Accepted frames that wait for this predictor");
        championStep = gauges.add("predictor.champion.step", "", "Steps that the champion in use has learned");
        championCreated = gauges.add(
                "predictor.champion.created.timestamp", "seconds", "When the champion in use was made, since 1970");
    }

    void champion(ModelVersion version) {
        championStep.set(version.getStep());
        championCreated.set(version.getCreatedAt().toEpochMilli() / 1_000.0);
    }

    void time(Runnable batch) {
        batches.record(batch);
    }

    void answered(List<Prediction> predictions) {
        for (Prediction prediction : predictions) {
            List<Counter> counters = prediction.getVerdict() == Verdict.CONFIDENT ? confident : uncertain;
            counters.get(Math.min(prediction.getClassIndex(), CLASSES)).increment();
            confidence.record(prediction.getConfidence());
        }
    }

    /** How long frames took from their sending; from their capture, where the time of sending did not come along. */
    void took(List<Readable> frames, Instant committedAt) {
        long now = committedAt.toEpochMilli();
        for (Readable frame : frames) {
            long sent = SendTime.of(frame.headers())
                    .orElse(frame.frame().getCapturedAt().toEpochMilli());
            latency.record(Math.max(0, now - sent), TimeUnit.MILLISECONDS);
        }
    }

    void unreadable(int frames) {
        unreadable.increment(frames);
    }

    void rolledBack() {
        rolledBack.increment();
    }

    /** What waits in the partitions that the consumer has now; called by its thread. */
    void waiting(Consumer<?, ?> consumer) {
        long frames = 0;
        for (TopicPartition partition : consumer.assignment()) {
            frames += consumer.currentLag(partition).orElse(0);
        }
        backlog.set(frames);
    }

    @Override
    public void close() {
        gauges.close();
    }

    private Counter predictions(String className, Verdict verdict) {
        return Counter.builder("predictor.predictions")
                .baseUnit("predictions")
                .description("Committed predictions by class and by whether the gate would trust them")
                .tags("class", className, "verdict", verdict.name())
                .register(meters);
    }

    private static Duration[] millis(long... millis) {
        return Arrays.stream(millis).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }
}
