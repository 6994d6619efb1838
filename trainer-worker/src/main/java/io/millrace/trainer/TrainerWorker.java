package io.millrace.trainer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.millrace.runtime.BlobStore;
import io.millrace.runtime.Endpoint;
import io.millrace.runtime.PipelineSettings;
import io.millrace.trainer.batch.HoldoutRule;
import io.millrace.trainer.ingest.FrameReader;
import io.millrace.trainer.ingest.SampleSource;
import io.millrace.trainer.learn.Learner;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.NetworkConfig;
import io.millrace.trainer.publish.Checkpoint;
import io.millrace.trainer.publish.ModelCatalog;
import io.millrace.trainer.publish.TrainerTransaction;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * One trainer process: opens what the loops need, runs each on its own thread, and closes everything in order. The
 * training thread and the prediction thread share nothing but the device.
 */
public final class TrainerWorker implements AutoCloseable {
    private final PipelineSettings pipeline;
    private final TrainerSettings settings;
    private final Endpoint endpoint;
    private final Consumer<Throwable> onFailure;
    private final InstantSource clock;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;
    private volatile boolean training;
    private volatile boolean predicting;
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
            endpoint.readyWhen("predicting", () -> predicting);
            start("predictor", () -> predict(opened));
        }
    }

    /**
     * Learns everything that is in the topics now, makes a last challenger, commits, and ends the training; predictions go
     * on until {@link #close}.
     */
    public void drain() throws InterruptedException {
        SampleSource reading = source;
        Thread running = trainer;
        if (reading != null && running != null) {
            reading.endHere();
            running.join();
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopping = true;
        for (Thread thread : List.copyOf(threads)) {
            thread.join();
        }
        Compute opened = compute;
        if (opened != null) {
            opened.close();
        }
    }

    private void train(Compute compute) throws IOException {
        compute.enterThread();
        NetworkConfig network = settings.learn()
                .network(pipeline.frameShape(), pipeline.classes().size());
        BlobStore blobs = BlobStore.at(pipeline.blobStore());
        Memory memory = Memory.of(settings);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(Map.of("group.id", group("trainer")));
                KafkaProducer<String, byte[]> producer = producer(group("trainer"));
                FrameReader reader = new FrameReader(pipeline, FrameReader.consumer(pipeline), blobs, clock);
                ModelCatalog catalog = new ModelCatalog(pipeline, blobs);
                KafkaClientMetrics consumerMetrics = bound(new KafkaClientMetrics(consumer));
                KafkaClientMetrics producerMetrics = bound(new KafkaClientMetrics(producer));
                Learner learner = new Learner(compute, network, settings.learn())) {
            SampleSource samples = new SampleSource(consumer, reader, pipeline, settings.intake(), clock);
            TrainerTransaction transaction = new TrainerTransaction(pipeline, producer, consumer, blobs, clock);
            TrainingLoop loop = new TrainingLoop(
                    pipeline,
                    settings,
                    new TrainingLoop.Parts(
                            samples,
                            new LabelDesk(reader, new HoldoutRule(settings.holdoutShare()), memory),
                            memory,
                            learner,
                            new ModelRelease(pipeline, settings, network, compute, catalog, blobs, clock),
                            transaction,
                            new TrainerMetrics(endpoint.meters())),
                    clock);
            Optional<Checkpoint> checkpoint = transaction.begin(inputs(consumer));
            source = samples;
            training = true;
            loop.run(checkpoint, () -> stopping);
        } finally {
            training = false;
        }
    }

    private void predict(Compute compute) throws IOException {
        compute.enterThread();
        BlobStore blobs = BlobStore.at(pipeline.blobStore());
        ModelCatalog catalog = new ModelCatalog(pipeline, blobs);
        ChampionFollower follower = new ChampionFollower(pipeline, compute, catalog, endpoint.meters());
        start("champion-follower", follower::run);
        try (KafkaConsumer<byte[], byte[]> consumer =
                        consumer(Map.of("group.id", group("predictor"), "max.poll.records", "64"));
                KafkaProducer<String, byte[]> producer = producer(group("predictor-" + UUID.randomUUID()));
                FrameReader reader = new FrameReader(pipeline, FrameReader.consumer(pipeline), blobs, clock);
                KafkaClientMetrics consumerMetrics = bound(new KafkaClientMetrics(consumer));
                KafkaClientMetrics producerMetrics = bound(new KafkaClientMetrics(producer))) {
            predicting = true;
            new PredictionLoop(
                            pipeline,
                            new PredictionLoop.Parts(consumer, producer, reader, follower),
                            endpoint.meters(),
                            clock)
                    .run(() -> stopping);
        } finally {
            predicting = false;
            follower.stop();
        }
    }

    private Set<TopicPartition> inputs(KafkaConsumer<byte[], byte[]> consumer) {
        Set<TopicPartition> inputs = new HashSet<>();
        for (String topic : List.of(
                pipeline.topics().acceptedFrames().name(),
                pipeline.topics().labeledFrames().name())) {
            consumer.partitionsFor(topic).forEach(info -> inputs.add(new TopicPartition(topic, info.partition())));
        }
        return inputs;
    }

    private String group(String name) {
        return pipeline.topicPrefix() + name;
    }

    private KafkaConsumer<byte[], byte[]> consumer(Map<String, String> own) {
        Map<String, String> config = new HashMap<>(own);
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", "false");
        config.put("isolation.level", "read_committed");
        config.put("fetch.max.wait.ms", "50");
        return new KafkaConsumer<>(
                pipeline.kafkaWith(config), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private KafkaProducer<String, byte[]> producer(String transactionalId) {
        return new KafkaProducer<>(
                pipeline.kafkaWith(Map.of(
                        "transactional.id",
                        transactionalId,
                        "transaction.timeout.ms",
                        Integer.toString(settings.transactionTimeoutMillis()),
                        "acks",
                        "all",
                        "enable.idempotence",
                        "true")),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    private KafkaClientMetrics bound(KafkaClientMetrics metrics) {
        MeterRegistry meters = endpoint.meters();
        metrics.bindTo(meters);
        return metrics;
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
