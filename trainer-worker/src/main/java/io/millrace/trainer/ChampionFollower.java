package io.millrace.trainer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.record.ModelVersion;
import io.millrace.runtime.PipelineSettings;
import io.millrace.trainer.model.Classifier;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.publish.ModelCatalog;
import io.millrace.trainer.publish.UnusableVersionException;
import io.millrace.trainer.publish.UnusableVersionException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
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
    /** Until the store can be read, or the artifact has come. */
    private static final Duration SOON = Duration.ofSeconds(1);
    /** For what does not pass by itself: the champion is not fetched for nothing, and the counter goes on for alerts. */
    private static final Duration SELDOM = Duration.ofMinutes(4);

    private static final Duration PATIENCE = Duration.ofMillis(20);
    /** Refused for the time being, because the blob store could not be read. */
    private static final String STORE = "STORE";

    private final PipelineSettings pipeline;
    private final Compute compute;
    private final ModelCatalog catalog;
    private final MeterRegistry meters;
    private final InstantSource clock;
    private final AtomicReference<@Nullable Champion> next = new AtomicReference<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private String latest = "";
    private String told = "";
    private String refused = "";
    private Instant again = Instant.MIN;

    /**
     * A model ready to answer.
     *
     * @param version what it is
     * @param model its network; closed by whoever replaces it
     */
    record Champion(ModelVersion version, Classifier model) {}

    ChampionFollower(
            PipelineSettings pipeline,
            Compute compute,
            ModelCatalog catalog,
            MeterRegistry meters,
            InstantSource clock) {
        this.pipeline = pipeline;
        this.compute = compute;
        this.catalog = catalog;
        this.meters = meters;
        this.clock = clock;
        for (Reason reason : Reason.values()) { // so that all are scraped before the first refusal
            refused(reason.name());
        }
        refused(STORE);
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
            catalog.championName().filter(this::isDue).ifPresent(this::prepare);
        }
        replace(null);
        catalog.close();
    }

    private boolean isDue(String name) {
        boolean waits = name.equals(refused) && clock.instant().isBefore(again);
        return !name.equals(latest) && !waits;
    }

    private void prepare(String name) {
        try {
            Optional<ModelVersion> version = catalog.champion();
            if (version.isEmpty()) {
                return; // the alias came before its version
            }
            replace(new Champion(version.get(), ModelLoader.load(pipeline, compute, catalog, version.get())));
            latest = name;
            refused = "";
            told = "";
            LOGGER.atInfo().addKeyValue("version", latest).log("Champion ready");
        } catch (UnusableVersionException e) {
            refuse(name, e.reason().name(), e.reason() == Reason.MISSING ? SOON : SELDOM, e);
        } catch (IOException e) {
            refuse(name, STORE, SOON, e);
        }
    }

    /** Counts every try, and tells the first of those that end alike. The alias is followed on meanwhile. */
    private void refuse(String name, String reason, Duration pause, IOException cause) {
        refused(reason).increment();
        refused = name;
        again = clock.instant().plus(pause);
        String refusal = name + " " + reason;
        if (!refusal.equals(told)) {
            told = refusal;
            LOGGER.atError()
                    .setCause(cause)
                    .addKeyValue("version", name)
                    .addKeyValue("reason", reason)
                    .log("Champion refused, the old one stays; it is tried again");
        }
    }

    private Counter refused(String reason) {
        return Counter.builder("predictor.refused.champions")
                .tag("reason", reason.toLowerCase(Locale.ROOT))
                .baseUnit("champions")
                .description("Attempts to load a champion that failed: the old one goes on")
                .register(meters);
    }

    private void replace(@Nullable Champion champion) {
        Champion untaken = next.getAndSet(champion);
        if (untaken != null) {
            untaken.model().close();
        }
    }
}
