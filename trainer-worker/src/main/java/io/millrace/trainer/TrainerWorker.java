package io.millrace.trainer;

import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.millrace.runtime.BlobStore;
import io.millrace.runtime.Endpoint;
import io.millrace.runtime.PipelineSettings;
import io.millrace.trainer.ingest.SampleDecoder;
import io.millrace.trainer.ingest.SampleSource;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.publish.ModelCatalog;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jspecify.annotations.Nullable;

/**
 * One trainer process: opens what the loops need, runs each on its own thread, and closes everything in order. The
 * training thread and the prediction thread share nothing but the device.
 */
public final class TrainerWorker implements AutoCloseable {
    private static final Duration MOMENT = Duration.ofMillis(50);

    private final PipelineSettings pipeline;
    private final TrainerSettings settings;
    private final Endpoint endpoint;
    private final Consumer<Throwable> onFailure;
    private final InstantSource clock;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;
    private volatile boolean training;
    private volatile @Nullable PredictionLoop predictions;
    private volatile @Nullable SampleSource source;
    private @Nullable Thread trainer;
    private @Nullable Compute compute;

    /**
     * @param endpoint where meters and readiness are shown
     * @param onFailure told when a loop cannot go on; the process must end then
     */
    public TrainerWorker(
            PipelineSettings pipeline, TrainerSettings settings, Endpoint endpoint, Consumer<Throwable> onFailure) {
        this.pipeline = pipeline;
        this.settings = settings;
        this.endpoint = endpoint;
        this.onFailure = onFailure;
        this.clock = InstantSource.system();
    }

    /** Starts the roles of this process and returns. */
    public void start() {
        Compute opened =
                Compute.open(settings.learn().device(), settings.learn().threads());
        compute = opened;
        if (settings.roles().contains("train")) {
            endpoint.readyWhen("training", () -> training);
            trainer = start("trainer", () -> train(opened));
        }
        if (settings.roles().contains("predict")) {
            endpoint.readyWhen("predicting", this::isPredicting);
            start("predictor", () -> predict(opened));
        }
    }

    /**
     * Learns everything that is in the topics now, makes a last challenger, commits, and ends the training; predictions go
     * on until {@link #close}.
     */
    public void drain() throws InterruptedException {
        Thread running = trainer;
        while (running != null && running.isAlive()) {
            SampleSource reading = source;
            if (reading != null) {
                reading.endHere();
            }
            running.join(MOMENT.toMillis());
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopping = true;
        for (Thread thread = unfinished(); thread != null; thread = unfinished()) {
            thread.join();
        }
        Compute opened = compute;
        if (opened != null) {
            opened.close();
        }
    }

    /** A thread that still runs; a loop may have started another one meanwhile. */
    private synchronized @Nullable Thread unfinished() {
        return threads.stream().filter(Thread::isAlive).findFirst().orElse(null);
    }

    private boolean isPredicting() {
        PredictionLoop loop = predictions;
        return loop != null && loop.isAnswering();
    }

    private void train(Compute compute) throws IOException {
        compute.enterThread();
        try (TrainingSession session = new TrainingSession(pipeline, settings, compute, endpoint.meters(), clock)) {
            source = session.source();
            training = true;
            session.loop().run(session.checkpoint(), () -> stopping);
        } finally {
            training = false;
        }
    }

    private void predict(Compute compute) throws IOException {
        compute.enterThread();
        BlobStore blobs = BlobStore.at(pipeline.blobStore());
        ModelCatalog catalog = new ModelCatalog(pipeline, blobs, clock);
        ChampionFollower follower = new ChampionFollower(pipeline, compute, catalog, endpoint.meters());
        start("champion-follower", follower::run);
        Clients clients = new Clients(pipeline, settings);
        String group = pipeline.topicPrefix() + "predictor";
        try (KafkaConsumer<byte[], byte[]> consumer = clients.consumer(
                        Map.of("group.id", group, "max.poll.records", "64", "auto.offset.reset", "earliest"));
                KafkaProducer<String, byte[]> producer = clients.predictorProducer(group + "-" + UUID.randomUUID());
                KafkaClientMetrics consumerMetrics = new KafkaClientMetrics(consumer);
                KafkaClientMetrics producerMetrics = new KafkaClientMetrics(producer)) {
            consumerMetrics.bindTo(endpoint.meters());
            producerMetrics.bindTo(endpoint.meters());
            PredictionLoop loop = new PredictionLoop(
                    pipeline,
                    new PredictionLoop.Parts(consumer, producer, new SampleDecoder(pipeline, blobs), follower),
                    endpoint.meters(),
                    clock);
            predictions = loop;
            loop.run(() -> stopping);
        } finally {
            predictions = null;
            follower.stop();
        }
    }

    /** Work of a thread that may fail with a checked exception. */
    private interface Work {
        void run() throws IOException;
    }

    private synchronized Thread start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException | RuntimeException | Error e) {
                        onFailure.accept(e);
                    }
                },
                name);
        threads.add(thread);
        thread.start();
        return thread;
    }
}
