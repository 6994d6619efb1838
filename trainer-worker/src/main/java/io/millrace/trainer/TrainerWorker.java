package io.millrace.trainer;

import io.millrace.runtime.Endpoint;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.TopicWait;
import io.millrace.runtime.blob.BlobStore;
import io.millrace.runtime.blob.MeteredBlobStore;
import io.millrace.runtime.meters.KafkaMeters;
import io.millrace.schemas.Groups;
import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
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
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One trainer process: opens what the loops need, runs each on its own thread, and closes everything in order. The
 * training thread and the prediction thread share nothing but the device.
 */
public final class TrainerWorker implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(TrainerWorker.class);
    private static final Duration MOMENT = Duration.ofMillis(50);

    private final PipelineSettings pipeline;
    private final Topics topics;
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
        this.topics = pipeline.topics();
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
        if (!pipeline.signers().areRequired()) {
            LOGGER.atWarn()
                    .log("No signers are trusted, so models and checkpoints are loaded without verification of"
                            + " who made them; pipeline.trusted.signers names them");
        }
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
        if (!awaitTopics(topics.labeledFrames(), topics.acceptedFrames(), topics.trainingLedger(), topics.events())) {
            return;
        }
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
        if (!awaitTopics(topics.acceptedFrames(), topics.predictions())) {
            return;
        }
        compute.enterThread();
        BlobStore blobs = new MeteredBlobStore(BlobStore.at(pipeline.blobStore()), endpoint.meters());
        ModelCatalog catalog = new ModelCatalog(pipeline, blobs, clock);
        ChampionFollower follower = new ChampionFollower(pipeline, compute, catalog, endpoint.meters(), clock);
        start("champion-follower", follower::run);
        Clients clients = new Clients(pipeline, settings);
        String group = new Groups(pipeline.topicPrefix()).predictor();
        try (KafkaConsumer<byte[], byte[]> consumer = clients.consumer(
                        Map.of("group.id", group, "max.poll.records", "64", "auto.offset.reset", "earliest"));
                KafkaProducer<String, byte[]> producer = clients.predictorProducer(group + "-" + UUID.randomUUID());
                KafkaMeters ofConsumer = KafkaMeters.of(consumer, endpoint.meters());
                KafkaMeters ofProducer = KafkaMeters.of(producer, endpoint.meters());
                PredictorMetrics metrics = new PredictorMetrics(endpoint.meters(), pipeline.classes())) {
            PredictionLoop loop = new PredictionLoop(
                    pipeline,
                    new PredictionLoop.Parts(consumer, producer, new SampleDecoder(pipeline, blobs), follower, metrics),
                    clock);
            predictions = loop;
            loop.run(() -> stopping);
        } finally {
            predictions = null;
            follower.stop();
        }
    }

    /** Waits for the broker and the topics of a role, and for those of models; false when told to end before. */
    private boolean awaitTopics(Topic<?>... own) {
        List<String> names = Stream.concat(Stream.of(own), Stream.of(topics.modelVersions(), topics.modelAliases()))
                .map(Topic::name)
                .toList();
        return TopicWait.until(pipeline.kafka(), names, () -> stopping);
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
