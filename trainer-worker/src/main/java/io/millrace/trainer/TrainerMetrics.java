package io.millrace.trainer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.millrace.record.Disposition;
import io.millrace.trainer.learn.StepResult;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** The meters of the training thread. */
final class TrainerMetrics {
    private final Timer steps;
    private final AtomicReference<Double> labeledLoss;
    private final AtomicReference<Double> unlabeledLoss;
    private final AtomicReference<Double> maskRate;
    private final AtomicReference<Double> threshold;
    private final AtomicReference<Double> gradientNorm;
    private final Counter refused;
    private final AtomicLong step;
    private final AtomicLong backlog;
    private final MeterRegistry meters;

    TrainerMetrics(MeterRegistry meters) {
        steps = Timer.builder("trainer.step.duration")
                .description("One optimizer step, from batch to teacher average")
                .serviceLevelObjectives(Duration.ofMillis(20), Duration.ofMillis(100), Duration.ofMillis(500))
                .register(meters);
        labeledLoss = gauge(meters, "trainer.loss", "term", "labeled");
        unlabeledLoss = gauge(meters, "trainer.loss", "term", "unlabeled");
        maskRate = gauge(meters, "trainer.mask.rate");
        threshold = gauge(meters, "trainer.confidence.threshold");
        gradientNorm = gauge(meters, "trainer.gradient.norm");
        refused = meters.counter("trainer.steps.refused");
        step = meters.gauge("trainer.committed.step", new AtomicLong());
        backlog = meters.gauge("trainer.backlog.frames", new AtomicLong());
        this.meters = meters;
        for (Disposition disposition : Disposition.values()) { // so that all are scraped before the first record
            frames(disposition);
            labels(disposition);
        }
    }

    StepResult time(Supplier<StepResult> work) {
        StepResult result = steps.record(work);
        if (result == null) {
            throw new IllegalStateException("a step gives a result");
        }
        return result;
    }

    void step(StepResult result) {
        labeledLoss.set((double) result.labeledLoss());
        unlabeledLoss.set((double) result.unlabeledLoss());
        maskRate.set((double) result.maskRate());
        threshold.set((double) result.threshold());
        gradientNorm.set((double) result.gradientNorm());
    }

    void refused() {
        refused.increment();
    }

    void committed(long committedStep, long framesWaiting) {
        step.set(committedStep);
        backlog.set(framesWaiting);
    }

    void frame(Disposition disposition) {
        frames(disposition).increment();
    }

    void label(Disposition disposition) {
        labels(disposition).increment();
    }

    private Counter frames(Disposition disposition) {
        return meters.counter("trainer.frames", "disposition", disposition.name());
    }

    private Counter labels(Disposition disposition) {
        return meters.counter("trainer.labels", "disposition", disposition.name());
    }

    private static AtomicReference<Double> gauge(MeterRegistry meters, String name, String... tags) {
        AtomicReference<Double> value = new AtomicReference<>(Double.NaN);
        meters.gauge(name, Tags.of(tags), value, AtomicReference::get);
        return value;
    }
}
