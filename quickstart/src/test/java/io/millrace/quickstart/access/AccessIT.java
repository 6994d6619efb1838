package io.millrace.quickstart.access;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.millrace.quickstart.access.AccessMatrix.Pair;
import io.millrace.quickstart.access.SecureBroker.Listener;
import io.millrace.quickstart.broker.TopicSetup;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.Permissions;
import io.millrace.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a broker with the pipeline's ACLs every pair principal x resource x operation. */
class AccessIT {
    private static final Logger LOGGER = LoggerFactory.getLogger(AccessIT.class);
    private static final AccessMatrix MATRIX = new AccessMatrix();
    private static final Topics TOPICS = new Topics(AccessMatrix.PREFIX, LockedSchemaIds.load());
    private static final List<AclBinding> TABLE =
            Permissions.bindings(Permissions.of(TOPICS), principal -> "User:" + principal.id());

    @TempDir
    private static Path directory;

    private static SecureBroker broker;
    private static Admin admin;

    @BeforeAll
    static void start() throws Exception {
        logRefusals(Level.OFF);
        broker = new SecureBroker(directory);
        admin = broker.admin();
        broker.addUsers(admin, MATRIX.principals());
        new TopicSetup(TOPICS, 1, 1).createOn(admin);
        admin.createTopics(AccessMatrix.names(ResourceType.TOPIC).stream()
                        .filter(name -> name.contains("stream-app") || name.startsWith("other"))
                        .map(name -> new NewTopic(name, 1, (short) 1))
                        .toList())
                .all()
                .get();
        fillTopics();
        admin.createAcls(TABLE).all().get();
        await(() -> broker.authorizers().stream().allMatch(one -> one.aclCount() == TABLE.size()));
    }

    @AfterAll
    static void stop() {
        logRefusals(null);
        admin.close();
        broker.close();
    }

    /** So that whoever may read reads something. */
    private static void fillTopics() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                new HashMap<>(broker.asAdmin()), new ByteArraySerializer(), new ByteArraySerializer())) {
            AccessMatrix.names(ResourceType.TOPIC).stream()
                    .filter(name -> !name.startsWith("__"))
                    .forEach(name -> producer.send(new ProducerRecord<>(name, new byte[] {1}, new byte[] {2})));
        }
    }

    /** Clients and broker log each refusal as an error, and here there are hundreds. */
    private static void logRefusals(@Nullable Level level) {
        for (String name :
                List.of("org.apache.kafka.clients", "kafka.server.KafkaApis", "kafka.server.ControllerApis")) {
            ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(name)).setLevel(level);
        }
    }

    @Test
    void shouldAnswerEveryPairAsDesignedWhenTheAuthorizerIsAsked() {
        List<Pair> pairs = MATRIX.pairs();
        Map<String, Long> allowed = new LinkedHashMap<>();
        MATRIX.principals()
                .forEach(principal -> allowed.put(
                        principal,
                        pairs.stream()
                                .filter(pair -> pair.principal().equals(principal) && MATRIX.allows(pair))
                                .count()));
        LOGGER.atInfo()
                .addKeyValue("pairs", pairs.size())
                .addKeyValue("acls", TABLE.size())
                .addKeyValue("allowed", allowed)
                .log("Access matrix");

        assertThat(broker.authorizers())
                .hasSize(2)
                .allSatisfy(authorizer -> assertThat(MATRIX.wrongIn(authorizer)).isEmpty());
        assertThat(pairs).hasSizeGreaterThan(2_000);
        assertThat(allowed).containsEntry(AccessMatrix.ANONYMOUS, 0L).containsEntry(AccessMatrix.STRANGER, 0L);
        assertThat(allowed.values().stream().filter(count -> count > 0)).hasSize(Permissions.Principal.values().length);
    }

    @Test
    void shouldAnswerEveryPairAsDesignedWhenClientsTry() throws Exception {
        Map<Pair, Boolean> tried = new LinkedHashMap<>();
        for (String principal : MATRIX.principals()) {
            Map<String, String> client = principal.equals(AccessMatrix.ANONYMOUS)
                    ? Map.of("bootstrap.servers", broker.address(Listener.OPEN))
                    : broker.withPassword(principal, SecureBroker.passwordOf(principal));
            try (ClientCalls calls = new ClientCalls(principal, new HashMap<>(client))) {
                tried.putAll(calls.answers());
            }
        }
        List<String> wrong = new ArrayList<>();
        tried.forEach((pair, allowed) -> {
            if (allowed != MATRIX.allows(pair)) {
                wrong.add((allowed ? "allowed: " : "refused: ") + pair);
            }
        });
        LOGGER.atInfo()
                .addKeyValue("pairs", tried.size())
                .addKeyValue(
                        "allowed", tried.values().stream().filter(one -> one).count())
                .log("Pairs that clients tried");

        assertThat(wrong).isEmpty();
        assertThat(tried).hasSizeGreaterThan(1_500);
    }

    @Test
    void shouldNoticeAMissingAndAnAddedRow() throws Exception {
        AclBinding taken = TABLE.get(0);
        AclBinding added = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, TOPICS.modelAliases().name(), PatternType.LITERAL),
                new AccessControlEntry("User:labeler", "*", AclOperation.WRITE, AclPermissionType.ALLOW));

        admin.deleteAcls(List.of(taken.toFilter())).all().get();
        await(() -> broker.authorizers().stream().allMatch(one -> one.aclCount() == TABLE.size() - 1));
        List<Pair> missing = MATRIX.wrongIn(broker.authorizers().get(0));
        admin.createAcls(List.of(taken, added)).all().get();
        await(() -> broker.authorizers().stream().allMatch(one -> one.aclCount() == TABLE.size() + 1));
        List<Pair> more = MATRIX.wrongIn(broker.authorizers().get(0));
        admin.deleteAcls(List.of(added.toFilter())).all().get();
        await(() -> broker.authorizers().stream().allMatch(one -> one.aclCount() == TABLE.size()));

        assertThat(missing)
                .extracting(Pair::toString)
                .containsExactlyInAnyOrder("camera WRITE TOPIC test.frames", "camera DESCRIBE TOPIC test.frames");
        assertThat(more)
                .extracting(Pair::toString)
                .containsExactlyInAnyOrder(
                        "labeler WRITE TOPIC test.model-aliases", "labeler DESCRIBE TOPIC test.model-aliases");
    }

    /** So no row is there for nothing, and the test above would notice each of them. */
    @Test
    void shouldNoticeEachRowThatIsLeftOut() {
        Metrics metrics = new Metrics();
        for (AclBinding left : TABLE) {
            StandardAuthorizer authorizer = new StandardAuthorizer();
            authorizer.configure(Map.of("super.users", "User:admin"));
            authorizer.withPluginMetrics(new PluginMetricsImpl(metrics, Map.of("acl", left.toString())));
            Map<Uuid, StandardAcl> rows = new HashMap<>();
            TABLE.stream()
                    .filter(row -> !row.equals(left))
                    .forEach(row -> rows.put(Uuid.randomUuid(), StandardAcl.fromAclBinding(row)));
            authorizer.loadSnapshot(rows);
            authorizer.completeInitialLoad();

            Optional<Pair> noticed = MATRIX.wrongIn(authorizer).stream().findFirst();

            assertThat(noticed).as("without %s", left).isPresent();
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited 30 s").isLessThan(deadline);
            Thread.sleep(10);
        }
    }
}
