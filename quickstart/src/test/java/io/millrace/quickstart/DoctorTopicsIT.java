package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.millrace.record.LedgerRow;
import io.millrace.record.ModelAlias;
import io.millrace.record.ModelVersion;
import io.millrace.runtime.Endpoint;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.Topic;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import kafka.admin.ConfigCommand;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** As {@link DoctorIT}, of topics, schemas and records, with no process running. */
class DoctorTopicsIT {
    private static final String NOTHING = "0".repeat(64);

    @TempDir
    private static Path directory;

    private static TestPipeline broker;
    private static DoctorCall doctor;
    private static String bootstrap;

    @BeforeAll
    static void start() throws Exception {
        broker = new TestPipeline(directory.resolve("broker"));
        bootstrap = broker.broker().bootstrapServers();
        doctor = new DoctorCall(bootstrap, directory);
        broker.another("bad.");
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void shouldTellMissingTopicsAndPassOnceTheyWereMade() {
        Diagnosis found = examine("new.");

        String said = found.failed("topics");
        assertThat(said).contains("missing: new.accepted-frames", "new.dlq.labels", "./millrace topics --set ");
        assertThat(found.verdict("permissions"))
                .as("of topics that are not there")
                .isEqualTo("ok");
        assertThat(found.verdict("topics.settings")).as("of no topic").isEqualTo("skip");
        Commands.succeed(Diagnosis.ourCommandIn(said));
        mended("new.", "topics");
    }

    @Test
    void shouldTellWhatIsLostWhenATopicAboutModelsIsSplit() throws Exception {
        create(new NewTopic("split.model-aliases", 3, (short) 1), new NewTopic("split.training-ledger", 2, (short) 1));

        Diagnosis found = examine("split.");

        assertThat(found.failed("topics.partitions"))
                .contains("split.model-aliases has 3 partitions")
                .contains("its records are lost with it (which version is champion")
                .contains("split.training-ledger has 2 partitions")
                .contains("its records are lost with it (where the trainer stands")
                .contains(
                        "copy them first, as docs/OPERATIONS.md, Disaster, says; then kafka-topics.sh --bootstrap-server "
                                + bootstrap + " --delete --topic split.model-aliases");
        assertThat(found.failed("checkpoint")).contains("to have one partition, got 2", "ledger lost");
    }

    @Test
    void shouldGrowFramesAndWhatIsKeptOfEachPartitionTogether() throws Exception {
        create(
                new NewTopic("narrow.frames", 2, (short) 1),
                new NewTopic("narrow.accepted-frames", 4, (short) 1),
                new NewTopic("narrow.stream-app-seen-frames-changelog", 2, (short) 1));
        create(
                new NewTopic("wide.frames", 4, (short) 1),
                new NewTopic("wide.accepted-frames", 2, (short) 1),
                new NewTopic("wide.stream-app-seen-frames-changelog", 2, (short) 1));

        String narrow = examine("narrow.").said("topics.partitions", "warn");
        Diagnosis wide = examine("wide.");

        assertThat(wide.failed("topics.internal"))
                .contains("wide.stream-app-seen-frames-changelog has 2 partitions, and wide.frames 4");
        for (String said : List.of(narrow, wide.said("topics.partitions", "warn"), wide.failed("topics.internal"))) {
            assertThat(said).contains("stop every stream-app, then ./millrace topics --grow --partitions 4 ");
        }
        Commands.succeed(Diagnosis.ourCommandIn(narrow));
        Commands.succeed(Diagnosis.ourCommandIn(wide.failed("topics.internal")));
        for (String prefix : List.of("narrow.", "wide.")) {
            mended(prefix, "topics.partitions");
            mended(prefix, "topics.internal");
        }
    }

    @Test
    void shouldTellTopicSettingsThatLoseOrRefuseRecordsAndPassOnceTheyAreMended() throws Exception {
        alter("bad.model-versions", "retention.ms", "604800000");
        alter("bad.model-aliases", "cleanup.policy", "delete");
        alter("bad.frames", "max.message.bytes", "100000");
        alter("bad.labels", "min.insync.replicas", "2");

        Diagnosis found = examine("bad.");

        assertThat(found.failed("topics.settings"))
                .contains("bad.model-versions has retention.ms=604800000: its records are needed for ever")
                .contains("bad.model-aliases has cleanup.policy=delete")
                .contains("bad.frames has max.message.bytes=100000: longer records of the pipeline are refused");
        assertThat(found.failed("topics.replication")).contains("bad.labels-0 has 1 copies and min.insync.replicas=2");
        configure(found.remedies("topics.settings"));
        configure(mended("bad.", "topics.settings").remedies("topics.replication"));
        for (int turn = 0;
                turn < 20 && !mended("bad.", "topics.settings").names("fail").isEmpty();
                turn++) {}
        assertThat(examine("bad.").names("fail")).isEmpty();
    }

    @Test
    void shouldTellSchemasThatTheRegistryDoesNotKnow() throws Exception {
        AtomicBoolean registered = new AtomicBoolean();
        HttpServer registry = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        registry.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            registered.compareAndSet(false, path.endsWith("labels-value/versions"));
            boolean known = !path.contains("labels") || registered.get();
            Endpoint.answer(exchange, known ? 200 : 404, "application/json", "{\"id\": 7}");
            exchange.close();
        });
        registry.start();
        String url = "http://127.0.0.1:" + registry.getAddress().getPort();
        try {
            Diagnosis found = examine("test.", "pipeline.schema.registry.url=" + url);

            assertThat(found.failed("registry"))
                    .contains("test.labels-value is not registered at " + url)
                    .contains("./millrace schemas --set ");
            Commands.succeed(Diagnosis.ourCommandIn(found.failed("registry")));
            assertThat(examine("test.", "pipeline.schema.registry.url=" + url).verdict("registry"))
                    .isEqualTo("ok");
        } finally {
            registry.stop(0);
        }
    }

    @Test
    void shouldTellRecordsThatNoTrustedSignerSigned() throws Exception {
        PipelineSettings pipeline = broker.another("signed.");
        ModelVersion version = version();
        send(pipeline, pipeline.topics().modelVersions(), version.getVersion(), version, 0);
        ModelAlias champion = new ModelAlias("champion", version.getVersion(), null, "planted", Instant.now());
        send(pipeline, pipeline.topics().modelAliases(), "champion", champion, 0);
        LedgerRow row = new LedgerRow("signed.", 1L, 32L, List.of(), NOTHING, null, "", Instant.now());
        send(pipeline, pipeline.topics().trainingLedger(), "signed.", row, 40);
        String trusted = Commands.succeed(List.of(
                        "keys",
                        "--signer",
                        "a",
                        "--out",
                        directory.resolve("a.pem").toString()))
                .lines()
                .filter(line -> line.startsWith("pipeline.trusted.signers="))
                .findFirst()
                .orElseThrow();
        String key = "trainer.signing.key.file=" + directory.resolve("a.pem");

        Diagnosis unverified = examine("signed.");
        Diagnosis found = examine("signed.", trusted, key, "trainer.signing.signer=a");

        assertThat(unverified.failed("champion")).contains("is not in the blob store", "set pipeline.blob.store to");
        assertThat(unverified.failed("checkpoint"))
                .as("found behind 80 offsets of aborted transactions")
                .contains("that of step 32");
        assertThat(found.failed("champion")).contains("got UNSIGNED").doesNotContain("pipeline.blob.store");
        assertThat(found.failed("checkpoint"))
                .contains("to be signed by one of [a], got UNSIGNED; the trainer will refuse to start");
    }

    private static ModelVersion version() {
        return ModelVersion.newBuilder()
                .setVersion("0000000001-000000000000")
                .setSha256(NOTHING)
                .setSizeBytes(1)
                .setCreatedAt(Instant.now())
                .setStep(1)
                .setMethod("adamatch")
                .setNetwork(Map.of())
                .setInputShape(broker.settings().frameShape().dimensions())
                .setClasses(broker.settings().classes())
                .setTemperature(1)
                .setConfidenceThreshold(0.9)
                .setMetrics(Map.of())
                .setLearnedFrom(List.of())
                .setSeed(1)
                .setConfigHash(NOTHING)
                .setCodeVersion("test")
                .build();
    }

    private static Diagnosis examine(String prefix, String... more) {
        return doctor.examine(prefix, more);
    }

    /** What is found once a check is content; a broker takes up changes a moment after the answer. */
    private static Diagnosis mended(String prefix, String check) {
        Diagnosis found = examine(prefix);
        for (int turn = 0; turn < 20 && !found.verdict(check).equals("ok"); turn++) {
            found = examine(prefix);
        }
        assertThat(found.verdict(check)).as("%s in %s", check, found).isEqualTo("ok");
        return found;
    }

    private static void configure(List<String> remedies) {
        assertThat(remedies).isNotEmpty();
        for (String remedy : remedies) {
            assertThat(remedy).startsWith("kafka-configs.sh ");
            ConfigCommand.main(remedy.substring("kafka-configs.sh ".length()).split(" ", -1));
        }
    }

    private static void create(NewTopic... topics) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(topics)).all().get();
        }
    }

    /** And waits until it can be seen. */
    private static void alter(String topic, String key, String value) throws Exception {
        ConfigResource of = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        AlterConfigOp change = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
        try (Admin admin = admin()) {
            admin.incrementalAlterConfigs(Map.of(of, List.of(change))).all().get();
            for (int turn = 0; turn < 100 && !value.equals(valueOf(admin, of, key)); turn++) {
                Thread.sleep(50);
            }
        }
    }

    private static String valueOf(Admin admin, ConfigResource of, String key) throws Exception {
        return admin.describeConfigs(List.of(of)).all().get().get(of).get(key).value();
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    /** In a transaction, with so many behind it that are aborted. */
    private static <V extends SpecificRecord> void send(
            PipelineSettings pipeline, Topic<V> topic, String key, V value, int aborted) {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                pipeline.kafkaWith(Map.of("transactional.id", "planted")),
                new StringSerializer(),
                new ByteArraySerializer())) {
            byte[] bytes = topic.values().serializer().serialize(topic.name(), value);
            producer.initTransactions();
            for (int turn = 0; turn <= aborted; turn++) {
                producer.beginTransaction();
                var unused = producer.send(new ProducerRecord<>(topic.name(), key, bytes));
                producer.flush();
                if (turn == 0) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }
    }
}
