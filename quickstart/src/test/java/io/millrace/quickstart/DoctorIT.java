package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.millrace.quickstart.Commands.Result;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.ModelAlias;
import io.millrace.record.ModelVersion;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.schemas.Topic;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.TrainerWorker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The doctor on a pipeline that runs, and on one fault after the other, each planted for real: by its name, with its
 * remedy, and where the remedy is a command or a setting, that is used and the doctor asked again.
 */
class DoctorIT {
    @TempDir
    private static Path directory;

    private static final AtomicReference<Throwable> FAILURE = new AtomicReference<>();
    private static TestPipeline broker;
    private static RunningStream stream;
    private static TrainerWorker trainer;
    private static PipelineSettings pipeline;
    private static DoctorCall doctor;

    @BeforeAll
    static void start() throws Exception {
        broker = new TestPipeline(directory.resolve("broker"));
        String bootstrap = broker.broker().bootstrapServers();
        doctor = new DoctorCall(bootstrap, directory);
        Map<String, String> given = new HashMap<>();
        given.put("pipeline.topic.prefix", "test.");
        given.put("kafka.bootstrap.servers", bootstrap);
        given.put("pipeline.blob.store", "file:" + directory.resolve("blobs"));
        given.put("stream.state.dir", directory.resolve("state").toString());
        stream = new RunningStream(given);
        given.remove("stream.state.dir");
        given.put("trainer.network.width", "8");
        given.put("trainer.threads", "1");
        Settings settings = Settings.of(TrainerSettings.declare(), Set.of(), List.of(given));
        pipeline = PipelineSettings.from(settings);
        trainer = new TrainerWorker(pipeline, TrainerSettings.from(settings), stream.endpoint(), FAILURE::set);
        trainer.start();
        long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (!stream.endpoint().isReady()) {
            assertThat(FAILURE.get()).isNull();
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.sleep(50);
        }
    }

    @AfterAll
    static void stop() throws Exception {
        trainer.close();
        stream.close();
        broker.close();
    }

    @Test
    void shouldFindNothingThatFailsWhenAPipelineRuns() {
        Result result = Commands.run(doctor.command(
                "test.", "pipeline.http.port=" + stream.endpoint().port()));

        assertThat(result.exit()).as(result.out()).isZero();
        assertThat(result.out())
                .contains("ok    broker ", "ok    topics ", "14 of 14 are there", "ok    permissions")
                .contains("ok    champion            0000000000-", "ok    checkpoint")
                .contains("is that of a running process: ok   ")
                .contains("ok    topics.internal     4 partitions by frame id")
                .contains("warn  broker.version", "upgrade the brokers to 4.3.2 or later", "0 failed");
    }

    @Test
    void shouldTellEveryErrorInTheSettings() {
        Diagnosis found = examine("test.", "trainer.sed=1", "stream.threads=0");

        assertThat(found.failed("settings"))
                .contains("did you mean trainer.seed?", "stream.threads", "docs/SETTINGS.md");
    }

    @Test
    void shouldTellThatATrainerLacksItsKeyAndAskNobodyElseForOne() {
        String made = Commands.succeed(List.of(
                "keys", "--signer", "a", "--out", directory.resolve("a.pem").toString()));
        String trusted = made.lines()
                .filter(line -> line.startsWith("pipeline.trusted.signers="))
                .findFirst()
                .orElseThrow();

        assertThat(examine("test.", trusted).failed("settings")).contains("trainer.signing.key.file: expected a key");
        for (String role : List.of("stream", "camera")) {
            List<String> arguments = doctor.command("test.", trusted);
            arguments.addAll(List.of("--role", role, "--json"));
            assertThat(Diagnosis.of(Commands.run(arguments)).verdict("settings"))
                    .isEqualTo("ok");
        }
    }

    @Test
    void shouldTellAnUnknownHostFromAPortThatRefuses() throws Exception {
        Diagnosis unknown = examine("test.", "kafka.bootstrap.servers=no-such-host.invalid:9092");
        Diagnosis refused = examine("test.", "kafka.bootstrap.servers=127.0.0.1:" + Commands.freePort());

        assertThat(unknown.failed("broker"))
                .contains("there is no host no-such-host.invalid", "--set kafka.bootstrap.servers=HOST:9092");
        assertThat(refused.failed("broker")).contains("refuses connections", "./millrace broker");
        assertThat(refused.verdict("topics")).isEqualTo("skip");
    }

    @Test
    void shouldEndInTimeWhenNothingAnswers() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + silent.getLocalPort();
            long before = System.nanoTime();

            Diagnosis found = examine(
                    "test.", "kafka.bootstrap.servers=" + address, "pipeline.schema.registry.url=http://" + address);

            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
            assertThat(found.failed("broker")).contains("no broker answers there in PLAINTEXT");
            assertThat(found.failed("registry")).contains("registry");
        }
    }

    @Test
    void shouldTellTlsWhereThereIsNone() {
        Diagnosis found = examine("test.", "kafka.security.protocol=SSL");

        assertThat(found.failed("broker"))
                .contains("does not take part in a TLS handshake", "--set kafka.security.protocol=PLAINTEXT");
        assertThat(examine("test.", Diagnosis.settingsIn(found.failed("broker")))
                        .verdict("broker"))
                .isEqualTo("ok");
    }

    @Test
    void shouldTellALoginWhereNoneIsTaken() {
        Diagnosis found = examine(
                "test.",
                "kafka.security.protocol=SASL_PLAINTEXT",
                "kafka.sasl.mechanism=PLAIN",
                "kafka.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required"
                        + " username=\"a\" password=\"hidden\";");

        assertThat(found.failed("broker"))
                .contains("--set kafka.security.protocol=PLAINTEXT")
                .doesNotContain("hidden");
    }

    @Test
    void shouldTellSettingsThatTheBrokerDoesNotGoAlongWith() {
        Diagnosis found = examine("test.", "trainer.transaction.timeout.ms=3600000", "stream.join.partitions=8");

        assertThat(found.failed("broker.limits")).contains("transaction.max.timeout.ms=900000");
        assertThat(found.failed("topics.internal"))
                .contains("test.stream-app-labels-by-frame-repartition has 4 partitions");
        List<String> remedies = new ArrayList<>(List.of(Diagnosis.settingsIn(found.failed("broker.limits"))));
        remedies.addAll(List.of(Diagnosis.settingsIn(found.failed("topics.internal"))));
        Diagnosis mended = examine("test.", remedies.toArray(String[]::new));
        assertThat(mended.verdict("broker.limits")).isEqualTo("ok");
        assertThat(mended.verdict("topics.internal")).isEqualTo("ok");
    }

    @Test
    void shouldTellPlacesThatCannotBeWritten() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "not a directory");

        Diagnosis found =
                examine("test.", "pipeline.blob.store=file:" + file, "stream.state.dir=" + file.resolve("below"));

        assertThat(found.failed("blob.store")).contains(file + " is a file", "--set pipeline.blob.store=file:DIR");
        assertThat(found.failed("state.dir")).contains("cannot be written", "--set stream.state.dir=DIR");
    }

    @Test
    void shouldTellAPortThatAnotherProgramHolds() throws Exception {
        HttpServer other = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        other.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        other.start();
        try {
            int port = other.getAddress().getPort();
            Diagnosis found = examine("test.", "pipeline.http.port=" + port);

            assertThat(found.failed("port")).contains(port + " is in use by another program");
            assertThat(examine("test.", Diagnosis.settingsIn(found.failed("port")))
                            .verdict("port"))
                    .isEqualTo("ok");
        } finally {
            other.stop(0);
        }
    }

    @Test
    void shouldTellADeviceThatIsNotThere() {
        Diagnosis found = examine("test.", "trainer.device=cuda");

        assertThat(found.failed("device")).contains("sees no CUDA device", "--set trainer.device=auto");
        assertThat(examine("test.", Diagnosis.settingsIn(found.failed("device")))
                        .verdict("device"))
                .isEqualTo("ok");
    }

    @Test
    void shouldTellAChampionOfOtherClasses() {
        Diagnosis found = examine("test.", "pipeline.classes=cat,dog");

        assertThat(found.failed("champion"))
                .contains("does not fit: it answers with [T-shirt/top,", "the pipeline has [cat, dog]")
                .contains("--set pipeline.frame.shape=1,28,28 --set pipeline.classes='T-shirt/top,");
        assertThat(examine("test.", Diagnosis.settingsIn(found.failed("champion")))
                        .verdict("champion"))
                .isEqualTo("ok");
    }

    @Test
    void shouldTellABlobStoreThatIsNotTheTrainers() {
        Diagnosis found = examine("test.", "pipeline.blob.store=file:" + directory.resolve("elsewhere"));

        assertThat(found.failed("champion")).contains("is not in the blob store", "the store that the trainer writes");
        assertThat(found.failed("checkpoint"))
                .contains("is not in file:" + directory.resolve("elsewhere") + "; the trainer will refuse to start");
    }

    @Test
    void shouldTellAChampionWhoseArtifactIsGoneAndNameOneThatAnswers() throws Exception {
        Topic<ModelVersion> versions = pipeline.topics().modelVersions();
        ModelVersion first;
        try (TopicReader reader = new TopicReader(pipeline, List.of(versions.name()))) {
            first = TopicReader.decode(
                            versions,
                            reader.poll(Duration.ofSeconds(10)).iterator().next())
                    .orElseThrow();
        }
        ModelVersion gone = ModelVersion.newBuilder(first)
                .setVersion("0000000001-000000000000")
                .setSha256("0".repeat(64))
                .build();
        send(versions, gone.getVersion(), gone);
        Topic<ModelAlias> aliases = pipeline.topics().modelAliases();
        send(aliases, "champion", new ModelAlias("champion", gone.getVersion(), null, "planted", Instant.now()));

        Diagnosis found = examine("test.");

        String said = found.failed("champion");
        assertThat(said).contains(gone.getVersion() + " cannot be read", "models promote " + first.getVersion());
        assertThat(Commands.succeed(Diagnosis.ourCommandIn(said)))
                .contains("champion is " + first.getVersion() + ", before it was " + gone.getVersion());
        assertThat(examine("test.").verdict("champion")).isEqualTo("ok");
    }

    private static Diagnosis examine(String prefix, String... more) {
        return doctor.examine(prefix, more);
    }

    private static <V extends SpecificRecord> void send(Topic<V> topic, String key, V value) throws Exception {
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(pipeline.kafkaWith(Map.of()), new StringSerializer(), new ByteArraySerializer())) {
            byte[] bytes = topic.values().serializer().serialize(topic.name(), value);
            producer.send(new ProducerRecord<>(topic.name(), key, bytes)).get();
        }
    }
}
