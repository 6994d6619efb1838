package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.millrace.quickstart.PythonClient.Result;
import io.millrace.quickstart.access.SecureBroker;
import io.millrace.quickstart.access.SecureBroker.Asked;
import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.data.StreamPlan;
import io.millrace.quickstart.feed.FrameFeed;
import io.millrace.quickstart.feed.LabelPlan.Habits;
import io.millrace.quickstart.feed.Labeler;
import io.millrace.quickstart.feed.Labeler.Kind;
import io.millrace.quickstart.feed.Pace;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.quickstart.watch.PipelineWatcher;
import io.millrace.quickstart.watch.RunSnapshot;
import io.millrace.record.ModelAlias;
import io.millrace.runtime.Endpoint;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.SchemaPages;
import io.millrace.runtime.Settings;
import io.millrace.runtime.command.ClientGuards;
import io.millrace.runtime.loop.Background;
import io.millrace.schemas.Groups;
import io.millrace.schemas.Permissions;
import io.millrace.schemas.Permissions.Principal;
import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.TrainerWorker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * The whole loop over TLS and SCRAM with ACLs on. Each part has a principal of its own, and passwords come from a file;
 * the broker writes down what it was asked, so that the table of permissions is seen to be enough and not too much.
 */
class SecureLoopIT {
    private static final int FRAMES = 600;
    private static final String PREFIX = "safe.";
    private static final List<String> LOGGERS = List.of("org.apache.kafka", "io.millrace");

    @TempDir
    private Path directory;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Topics topics = pipeline(Map.of()).topics();
    private SecureBroker broker;

    @BeforeEach
    void open() throws Exception {
        ClientGuards.raise();
        log.start();
        for (String name : LOGGERS) {
            Logger logger = (Logger) LoggerFactory.getLogger(name);
            logger.setLevel(Level.INFO); // at this level clients log their settings
            logger.setAdditive(false);
            logger.addAppender(log);
        }
        broker = closing(new SecureBroker(directory));
        try (Admin admin = broker.admin()) {
            broker.addUsers(
                    admin, Arrays.stream(Principal.values()).map(Principal::id).toList());
        }
        assertThat(millrace("acls", "--apply", "--config", file("admin", broker.asAdmin())))
                .startsWith("applied ");
        assertThat(millrace("topics", "--config", file("operator", as(Principal.OPERATOR))))
                .contains("created " + topics.frames().name());
    }

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
        for (String name : LOGGERS) {
            Logger logger = (Logger) LoggerFactory.getLogger(name);
            logger.detachAppender(log);
            logger.setAdditive(true);
            logger.setLevel(name.startsWith("io.") ? Level.INFO : null);
        }
    }

    @Test
    void shouldLearnWhenEveryPartMayDoItsOwnWorkOnly() throws Exception {
        RunningStream stream = closing(new RunningStream(with(as(Principal.STREAM_APP), Map.of())));
        TrainerWorker trainer = trainer(Principal.TRAINER, "train");
        trainer(Principal.PREDICTOR, "predict");
        PipelineWatcher watcher = new PipelineWatcher(pipeline(as(Principal.VIEWER)));
        closing(Background.start(watcher, "watcher", failure::set));
        FrameStream frames = new FrameStream(FashionData.bundled().training(), StreamPlan.of(7, FRAMES));
        Habits habits = new Habits(0.05, 100, 0.05, 50, 10);
        Labeler labeler = new Labeler(pipeline(as(Principal.LABELER)), frames, habits, Kind.ACTIVE);
        closing(Background.start(labeler, "labeler", failure::set));
        feed(frames.copy());
        await(labeler::isDone);
        sendRefused();
        await(() -> isSettled(watcher) && stream.failure() == null);
        trainer.drain();
        await(() -> watcher.statistics().snapshot().versions().first() != null);
        startAgain(frames.copy());
        consume();
        Autoscaler.ask(new HashMap<>(as(Principal.SCALER)), topics);
        operate(watcher.statistics().snapshot().versions().champion());

        RunSnapshot run = watcher.statistics().snapshot();
        assertThat(run.frames().predicted()).isEqualTo(FRAMES);
        assertThat(run.frames().quarantined()).isEqualTo(1);
        assertThat(run.labels().joined()).isGreaterThan(100);
        assertThat(run.labels().quarantined()).isEqualTo(1);
        assertThat(run.versions().promoted()).isGreaterThanOrEqualTo(1);
        assertThat(size(topics.outcomes())).isPositive();
        assertThat(refused()).as("what a part needs and may not").isEmpty();
        assertThat(unused())
                .as("what a part may and does not need; it purges once in 30 s")
                .isSubsetOf("stream-app DELETE TOPIC safe.stream-app-*");
        checkLog();
        askInPython(stream);
    }

    /** The example in Python with the rights of a camera, and with those of a consumer in a group of its own. */
    private void askInPython(RunningStream stream) throws Exception {
        if (!PythonClient.isInstalled(directory)) {
            return;
        }
        SchemaPages.serveOn(stream.endpoint(), topics);
        Result published = python(stream, Principal.CAMERA).publish(5, 0);
        Result labeled = python(stream, Principal.CAMERA).publish(5, 1);
        Result read = python(stream, Principal.CONSUMER).predictions(FRAMES + 5);

        assertThat(published.output()).contains("published 5 frames and 0 labels");
        assertThat(labeled.exit()).as("a camera may not label").isEqualTo(1);
        assertThat(read.exit()).as(read.output()).isZero();
        assertThat(refused())
                .containsOnly("camera DESCRIBE TOPIC " + topics.labels().name());
    }

    private PythonClient python(RunningStream stream, Principal principal) throws Exception {
        String schemas = "http://127.0.0.1:" + stream.endpoint().port();
        return PythonClient.of(directory, broker, principal, schemas, PREFIX);
    }

    /** Publishes what is missing of the stream. */
    private void feed(FrameStream frames) {
        Pace pace = new Pace.AsFastAsConsumed(400);
        FrameFeed feed = new FrameFeed(pipeline(as(Principal.FEED)), frames, pace, InstantSource.system());
        closing(Background.start(feed, "feed", failure::set));
        await(feed::isDone);
    }

    /** Feed and trainer look where they were. */
    private void startAgain(FrameStream frames) throws Exception {
        feed(frames);
        trainer(Principal.TRAINER, "train");
        await(() -> !unused().contains(
                        "trainer READ TOPIC " + topics.trainingLedger().name()));
    }

    /** One record each that the stream-app puts aside: so it writes every dead-letter topic. */
    private void sendRefused() {
        send(Principal.CAMERA, topics.frames());
        send(Principal.LABELER, topics.labels());
        send(Principal.PREDICTOR, topics.predictions());
    }

    private void send(Principal principal, Topic<?> topic) {
        // Idempotent, as is usual: nothing beside WRITE on the topic is needed for it.
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                new HashMap<>(as(principal)), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic.name(), new byte[] {1}, new byte[] {2}));
        }
    }

    private void consume() {
        Map<String, Object> client = new HashMap<>(as(Principal.CONSUMER));
        client.put("group.id", new Groups(PREFIX).consumers() + "mine");
        client.put("auto.offset.reset", "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(client, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(topics.predictions().name()));
            await(() -> !consumer.poll(Duration.ofMillis(100)).isEmpty());
            consumer.commitSync();
        }
    }

    /** What an operator does: looks, and moves an alias. */
    private void operate(String champion) throws Exception {
        Map<String, Object> client = new HashMap<>(as(Principal.OPERATOR));
        try (Admin admin = Admin.create(client)) {
            ConfigResource frames = new ConfigResource(
                    ConfigResource.Type.TOPIC, topics.frames().name());
            admin.describeConfigs(List.of(frames)).all().get();
            String group = new Groups(PREFIX).trainer();
            assertThat(admin.listConsumerGroupOffsets(group)
                            .partitionsToOffsetAndMetadata()
                            .get())
                    .isNotEmpty();
            assertThat(admin.describeAcls(AclBindingFilter.ANY).values().get()).isNotEmpty();
        }
        try (KafkaProducer<String, ModelAlias> producer = new KafkaProducer<>(
                client, new StringSerializer(), topics.modelAliases().values().serializer())) {
            ModelAlias alias = ModelAlias.newBuilder()
                    .setAlias("kept")
                    .setVersion(champion)
                    .setPrevious(null)
                    .setReason("by hand")
                    .setSetAt(Instant.now())
                    .build();
            producer.send(new ProducerRecord<>(topics.modelAliases().name(), "kept", alias))
                    .get();
        }
        assertThat(size(topics.modelAliases())).isPositive();
    }

    private long size(Topic<?> topic) {
        try (TopicReader reader = new TopicReader(pipeline(as(Principal.OPERATOR)), List.of(topic.name()))) {
            reader.poll(Duration.ofMillis(100));
            return reader.size();
        }
    }

    private Set<String> refused() {
        return broker.authorizers().stream()
                .flatMap(authorizer -> authorizer.refused().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Rows of the table that nobody has used. */
    private List<String> unused() {
        Set<String> used = broker.authorizers().stream()
                .map(Asked::allowed)
                .flatMap(Set::stream)
                .collect(Collectors.toSet());
        List<String> unused = new ArrayList<>();
        for (AclBinding row : Permissions.bindings(Permissions.of(topics), Principal::id)) {
            String start = row.entry().principal() + " " + row.entry().operation() + " "
                    + row.pattern().resourceType() + " " + row.pattern().name();
            boolean prefix = row.pattern().patternType() == PatternType.PREFIXED;
            if (used.stream().noneMatch(one -> prefix ? one.startsWith(start) : one.equals(start))) {
                unused.add(start + (prefix ? "*" : ""));
            }
        }
        return unused;
    }

    private void checkLog() {
        List<String> lines =
                log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        assertThat(lines)
                .as("clients do log their settings")
                .anyMatch(line -> line.contains("sasl.jaas.config = [hidden]"));
        for (Principal principal : Principal.values()) {
            String secret = SecureBroker.passwordOf(principal.id());
            assertThat(lines).noneMatch(line -> line.contains(secret));
        }
    }

    private boolean isSettled(PipelineWatcher watcher) {
        RunSnapshot run = watcher.statistics().snapshot();
        return run.frames().published() == FRAMES + 1
                && run.frames().areSettled()
                && run.labels().areSettled()
                && watcher.isUpToDate();
    }

    private TrainerWorker trainer(Principal principal, String role) throws Exception {
        Map<String, String> own = Map.of(
                "trainer.label.requests.budget", "0.2",
                "trainer.label.requests.window.frames", "20",
                "trainer.roles", role,
                "trainer.threads", "1",
                "trainer.network.width", "8",
                "trainer.batch.labeled", "16",
                "trainer.batch.unlabeled", "16",
                "trainer.start.labels", "50",
                "trainer.commit.interval.steps", "16",
                "trainer.version.interval.steps", "32");
        Settings settings = Settings.of(TrainerSettings.declare(), Set.of("stream"), List.of(with(as(principal), own)));
        Endpoint endpoint = closing(new Endpoint("127.0.0.1", 0));
        TrainerWorker worker = closing(new TrainerWorker(
                PipelineSettings.from(settings), TrainerSettings.from(settings), endpoint, failure::set));
        worker.start();
        return worker;
    }

    /** Settings of the clients of a principal; the file knows its password. */
    private Map<String, String> as(Principal principal) {
        try {
            String secret = broker.secret(principal.id(), SecureBroker.passwordOf(principal.id()));
            Map<String, String> client = broker.withPassword(principal.id(), secret);
            client.putAll(broker.fromFiles());
            return client;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, String> with(Map<String, String> client, Map<String, String> own) {
        Map<String, String> given = new HashMap<>(own);
        client.forEach((key, value) -> given.put("kafka." + key, value));
        given.put("pipeline.topic.prefix", PREFIX);
        given.put("pipeline.blob.store", "file:" + directory.resolve("blobs"));
        if (own.isEmpty()) {
            given.put("stream.state.dir", directory.resolve("stream").toString());
        }
        return given;
    }

    private static PipelineSettings pipeline(Map<String, String> client) {
        Map<String, String> given = new HashMap<>();
        client.forEach((key, value) -> given.put("kafka." + key, value));
        given.put("pipeline.topic.prefix", PREFIX);
        return PipelineSettings.from(
                Settings.of(PipelineSettings.declareIn(new ConfigDef()), Set.of(), List.of(given)));
    }

    private String file(String name, Map<String, String> client) throws Exception {
        Properties properties = new Properties();
        properties.put("pipeline.topic.prefix", PREFIX);
        client.forEach((key, value) -> properties.put("kafka." + key, value));
        Path file = directory.resolve(name + ".properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        return file.toString();
    }

    private static String millrace(String... arguments) {
        StringWriter out = new StringWriter();
        int exit = Millrace.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(out, true))
                .execute(arguments);
        assertThat(exit).as("%s", out).isZero();
        return out.toString();
    }

    private <T extends AutoCloseable> T closing(T part) {
        open.push(part);
        return part;
    }

    private void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(240).toNanos();
        while (!condition.getAsBoolean()) {
            if (failure.get() != null) {
                throw new IllegalStateException("a part failed", failure.get());
            }
            assertThat(System.nanoTime()).as("waited 240 s").isLessThan(deadline);
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
