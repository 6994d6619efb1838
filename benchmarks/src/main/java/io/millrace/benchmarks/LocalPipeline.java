package io.millrace.benchmarks;

import io.millrace.quickstart.broker.EmbeddedBroker;
import io.millrace.quickstart.broker.TopicSetup;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.Frame;
import io.millrace.runtime.Endpoint;
import io.millrace.runtime.Lifecycle;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.stream.StreamApp;
import io.millrace.stream.StreamSettings;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.TrainerWorker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;

/** A broker in a directory of its own, topics, a running stream-app, and on demand a predictor. Closing deletes all. */
final class LocalPipeline implements AutoCloseable {
    private static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Lifecycle lifecycle = new Lifecycle();
    private final Map<String, String> values;
    private final PipelineSettings settings;
    private final Endpoint endpoint;
    private final Path directory;

    private LocalPipeline(Path directory, Map<String, String> set) throws IOException {
        this.directory = directory;
        lifecycle.add(() -> delete(directory));
        EmbeddedBroker broker = lifecycle.add(EmbeddedBroker.start(directory.resolve("broker"), 0));
        values = new HashMap<>(set);
        values.put("kafka.bootstrap.servers", broker.bootstrapServers());
        values.put("pipeline.blob.store", "file:" + directory.resolve("blobs"));
        settings = PipelineSettings.from(Settings.of(StreamSettings.declare(), Set.of("trainer"), List.of(values)));
        endpoint = lifecycle.add(new Endpoint(settings.httpHost(), settings.httpPort()));
    }

    /** Starts everything and returns once the stream-app runs. */
    static LocalPipeline start(Map<String, String> set) throws IOException, InterruptedException {
        return start(set, 1);
    }

    /** Starts everything and returns once so many stream-apps run. */
    static LocalPipeline start(Map<String, String> set, int streams) throws IOException, InterruptedException {
        LocalPipeline pipeline = new LocalPipeline(Files.createTempDirectory("millrace-bench"), set);
        try {
            pipeline.createTopics();
            for (int i = 0; i < streams; i++) {
                pipeline.startStream("state-" + i);
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            pipeline.close();
            throw e;
        }
        return pipeline;
    }

    PipelineSettings settings() {
        return settings;
    }

    /** Sends frames; the caller closes it. */
    KafkaProducer<String, Frame> producer() {
        return new KafkaProducer<>(
                settings.kafkaWith(Map.of("acks", "all", "linger.ms", 5)),
                new StringSerializer(),
                settings.topics().frames().values().serializer());
    }

    /** Where the broker keeps the partitions of topics, each in a directory of its own. */
    Path logs() {
        return directory.resolve("broker").resolve("log");
    }

    /** Has a trainer announce the untrained first champion and leave, then starts a predictor. */
    void startPredictor() throws InterruptedException {
        startPredictors(1);
    }

    /** The same with several predictors. */
    void startPredictors(int count) throws InterruptedException {
        TrainerWorker trainer = worker("train");
        trainer.start();
        try (TopicReader aliases = new TopicReader(
                settings, List.of(settings.topics().modelAliases().name()))) {
            await("a first champion", () -> aliases.size() > 0);
        } finally {
            trainer.close();
        }
        for (int i = 0; i < count; i++) {
            lifecycle.add(worker("predict")).start();
        }
    }

    /** Waits a while, and says what for when it takes too long or a part has failed. */
    void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            check(what, deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Throws when a part has failed or the time is over. */
    void check(String what, long deadlineNanos) {
        Throwable failure = lifecycle.failure();
        if (failure != null || System.nanoTime() > deadlineNanos) {
            throw new KafkaException("expected " + what + ", got none in time", failure);
        }
    }

    @Override
    public void close() {
        lifecycle.close();
    }

    private void createTopics() throws InterruptedException {
        try (Admin admin = Admin.create(new HashMap<>(settings.kafka()))) {
            new TopicSetup(settings.topics(), PARTITIONS, 1).createOn(admin);
        }
    }

    private void startStream(String state) throws IOException, InterruptedException {
        Map<String, String> own =
                Map.of("stream.state.dir", directory.resolve(state).toString());
        Settings given = Settings.of(StreamSettings.declare(), Set.of("trainer"), List.of(values, own));
        StreamApp app = lifecycle.add(new StreamApp(
                settings, StreamSettings.from(given), endpoint, failure -> lifecycle.fail("stream", failure)));
        app.start();
        await("a running stream-app", app::isRunning);
    }

    private TrainerWorker worker(String role) {
        Map<String, String> own = new HashMap<>(values);
        own.put("trainer.roles", role);
        TrainerSettings trainer =
                TrainerSettings.from(Settings.of(TrainerSettings.declare(), Set.of("stream"), List.of(own)));
        return new TrainerWorker(settings, trainer, endpoint, failure -> lifecycle.fail(role, failure));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
