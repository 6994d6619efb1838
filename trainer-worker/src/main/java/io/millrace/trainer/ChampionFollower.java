package io.millrace.trainer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.record.ModelVersion;
import io.millrace.runtime.PipelineSettings;
import io.millrace.trainer.model.Classifier;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.publish.ModelCatalog;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the next champion ready: follows the aliases, fetches, verifies, builds and warms up the model, and leaves it for
 * the prediction thread to take between two batches. What cannot be loaded is counted and passed over: the old champion
 * goes on answering.
 */
final class ChampionFollower implements Runnable {
    private static final Logger LOGGER = LoggerFactory.getLogger(ChampionFollower.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMillis(20);

    private final PipelineSettings pipeline;
    private final Compute compute;
    private final ModelCatalog catalog;
    private final Counter refused;
    private final AtomicReference<@Nullable Champion> next = new AtomicReference<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private String latest = "";

    /**
     * A model ready to answer.
     *
     * @param version what it is
     * @param model its network; closed by whoever replaces it
     */
    record Champion(ModelVersion version, Classifier model) {}

    ChampionFollower(PipelineSettings pipeline, Compute compute, ModelCatalog catalog, MeterRegistry meters) {
        this.pipeline = pipeline;
        this.compute = compute;
        this.catalog = catalog;
        this.refused = meters.counter("predictor.champions.refused");
    }

    /** A champion that is newer than the last one taken, if there is one. The caller closes the model it replaces. */
    @Nullable
    Champion takeNext() {
        return next.getAndSet(null);
    }

    /** Waits for the first champion; none when stopped before. */
    @Nullable
    Champion awaitFirst(BooleanSupplier stop) {
        Champion first = takeNext();
        while (first == null && !stop.getAsBoolean()) {
            LockSupport.parkNanos(PATIENCE.toNanos());
            first = takeNext();
        }
        return first;
    }

    void stop() {
        stopping.set(true);
    }

    @Override
    public void run() {
        compute.enterThread();
        while (!stopping.get()) {
            catalog.poll(POLL);
            catalog.champion()
                    .filter(version -> !version.getVersion().equals(latest))
                    .ifPresent(this::prepare);
        }
        replace(null);
        catalog.close();
    }

    private void prepare(ModelVersion version) {
        try {
            Classifier model = ModelLoader.load(pipeline, compute, catalog, version);
            replace(new Champion(version, model));
            latest = version.getVersion();
            LOGGER.atInfo().addKeyValue("version", latest).log("Champion ready");
        } catch (IOException | IllegalArgumentException e) {
            refused.increment();
            LOGGER.atError()
                    .setCause(e)
                    .addKeyValue("version", version.getVersion())
                    .log("Champion refused, the old one stays; it is tried again");
            LockSupport.parkNanos(AGAIN.toNanos());
        }
    }

    private void replace(@Nullable Champion champion) {
        Champion untaken = next.getAndSet(champion);
        if (untaken != null) {
            untaken.model().close();
        }
    }
}
