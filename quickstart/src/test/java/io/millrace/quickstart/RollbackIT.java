package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.Commands.Result;
import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.data.StreamPlan;
import io.millrace.quickstart.feed.FrameFeed;
import io.millrace.quickstart.feed.LabelPlan.Habits;
import io.millrace.quickstart.feed.Labeler;
import io.millrace.quickstart.feed.Labeler.Kind;
import io.millrace.quickstart.feed.Pace;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.ModelAlias;
import io.millrace.record.ModelVersion;
import io.millrace.record.Prediction;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.runtime.loop.Background;
import io.millrace.schemas.Topic;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.TrainerWorker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A champion is taken back by hand while frames flow and the trainer learns on. */
class RollbackIT {
    private static final Logger LOGGER = LoggerFactory.getLogger(RollbackIT.class);
    private static final int FRAMES = 4_000;
    /** Frames keep flowing as long as the trainer learns, however slow the machine is. */
    private static final int AHEAD = 256;

    @TempDir
    private Path directory;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private TrainerSettings settings;
    private PipelineSettings pipeline;

    @Test
    void shouldAnswerWithTheOlderVersionAndLoseNothingWhenItIsPromotedByHand() throws Exception {
        try (TestPipeline broker = new TestPipeline(directory.resolve("broker"));
                RunningStream stream = new RunningStream(settle(broker));
                TrainerWorker worker = new TrainerWorker(pipeline, settings, stream.endpoint(), failure::set)) {
            worker.start();
            await(() -> stream.endpoint().isReady());
            FrameStream frames = new FrameStream(FashionData.bundled().training(), StreamPlan.of(7, FRAMES));
            FrameFeed feed =
                    new FrameFeed(pipeline, frames.copy(), new Pace.AsFastAsConsumed(AHEAD), InstantSource.system());
            Labeler labeler = new Labeler(pipeline, frames, new Habits(0.2, 20, 0, 20, 10), Kind.RANDOM);
            try (Background labeling = Background.start(labeler, "labeler", failure::set);
                    Background feeding = Background.start(feed, "feed", failure::set)) {
                ModelAlias back = rollBack();
                check(back);
                await(() -> feed.isDone() && labeler.isDone());
            }
            worker.drain();
            await(() -> predictions().size() >= FRAMES);
            checkThatAllIsAnsweredOnce();
            checkRefusals();
        }
        assertThat(failure.get()).isNull();
    }

    /** Once a version that has learned is champion, and the next challenge has just been decided. */
    private ModelAlias rollBack() throws InterruptedException {
        await(() -> aliases().size() >= 2);
        int known = versions().size();
        await(() -> versions().size() > known);
        ModelAlias first = aliases().get(0);

        String said = Commands.succeed(command("models", "promote", first.getVersion(), "--reason", "looked worse"));

        List<ModelAlias> all = aliases();
        ModelAlias written = all.stream()
                .filter(alias -> alias.getReason().equals("looked worse"))
                .findFirst()
                .orElseThrow();
        String champion = all.get(all.indexOf(written) - 1).getVersion();
        assertThat(said).contains("champion is " + first.getVersion() + ", before it was " + champion);
        assertThat(written.getVersion()).isEqualTo(first.getVersion()).isNotEqualTo(champion);
        assertThat(written.getPrevious()).isEqualTo(champion);
        return written;
    }

    /** Predictors follow within seconds; the trainer measures its next challenger against the version taken back. */
    private void check(ModelAlias back) throws InterruptedException {
        await(() -> !citing(back).isEmpty());
        Duration took = Duration.between(back.getSetAt(), citing(back).get(0));
        LOGGER.atInfo().addKeyValue("milliseconds", took.toMillis()).log("From rollback to the first prediction");
        await(() ->
                versions().stream().anyMatch(version -> version.getCreatedAt().isAfter(back.getSetAt())));
        ModelVersion next = versions().stream()
                .filter(version -> version.getCreatedAt().isAfter(back.getSetAt()))
                .findFirst()
                .orElseThrow();
        assertThat(next.getParent()).isEqualTo(back.getVersion());
        await(() -> aliases().stream().anyMatch(alias -> alias.getSetAt().isAfter(back.getSetAt())));
        ModelAlias promoted = aliases().stream()
                .filter(alias -> alias.getSetAt().isAfter(back.getSetAt()))
                .findFirst()
                .orElseThrow();
        assertThat(promoted.getPrevious()).isEqualTo(back.getVersion());
        assertThat(promoted.getReason()).startsWith("not worse: ").contains("holdout labels");
    }

    private void checkThatAllIsAnsweredOnce() {
        assertThat(predictions()).hasSize(FRAMES);
        assertThat(predictions()).extracting(Prediction::getFrameId).doesNotHaveDuplicates();
        Set<String> champions = aliases().stream().map(ModelAlias::getVersion).collect(Collectors.toSet());
        assertThat(predictions()).allMatch(prediction -> champions.contains(prediction.getModelVersion()));
    }

    private void checkRefusals() throws Exception {
        List<ModelAlias> before = aliases();
        ModelVersion some = versions().get(1);
        announce(some, "0000000002-000000000000", "0".repeat(64), List.of());
        announce(some, "0000000003-000000000000", some.getSha256(), List.of("cat", "dog"));
        Path artifact = directory
                .resolve("blobs")
                .resolve(some.getSha256().substring(0, 2))
                .resolve(some.getSha256());
        byte[] damaged = Files.readAllBytes(artifact);
        damaged[damaged.length / 2] ^= 1;

        assertRefused("0000000001-000000000000", "there is no version 0000000001-000000000000: `millrace models`");
        assertRefused("0000000002-000000000000", "is not in the blob store");
        assertRefused("0000000003-000000000000", "it answers with [cat, dog]");
        assertRefused(before.get(before.size() - 1).getVersion(), "is champion already");
        Files.write(artifact, damaged);
        announce(some, "0000000004-000000000000", some.getSha256(), List.of());
        assertRefused("0000000004-000000000000", "holds other bytes");

        assertThat(aliases()).isEqualTo(before);
        assertThat(Commands.succeed(command("models")))
                .contains("* " + before.get(before.size() - 1).getVersion())
                .contains("0000000000-", "not measured", " labels");
        assertThat(Commands.succeed(command("models", "list"))).isEqualTo(Commands.succeed(command("models")));
    }

    private void assertRefused(String version, String why) {
        Result result = Commands.run(command("models", "promote", version, "--reason", "try"));
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains(why);
    }

    private void announce(ModelVersion like, String name, String sha256, List<String> classes) throws Exception {
        ModelVersion version = ModelVersion.newBuilder(like)
                .setVersion(name)
                .setSha256(sha256)
                .setClasses(classes.isEmpty() ? like.getClasses() : classes)
                .build();
        Topic<ModelVersion> topic = pipeline.topics().modelVersions();
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(pipeline.kafkaWith(Map.of()), new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topic.name(), name, BrokenRecords.bytes(topic, version)))
                    .get();
        }
    }

    /** Sets the pipeline up and returns the settings of its stream-app. */
    private Map<String, String> settle(TestPipeline broker) {
        Map<String, String> given = new HashMap<>();
        given.put("pipeline.topic.prefix", broker.settings().topicPrefix());
        given.put("kafka.bootstrap.servers", broker.broker().bootstrapServers());
        given.put("pipeline.blob.store", "file:" + directory.resolve("blobs"));
        Map<String, String> forStream = new HashMap<>(given);
        forStream.put("stream.state.dir", directory.resolve("state").toString());
        given.put("trainer.threads", "1");
        given.put("trainer.network.width", "8");
        given.put("trainer.batch.labeled", "16");
        given.put("trainer.batch.unlabeled", "16");
        given.put("trainer.commit.interval.steps", "16");
        // The next challenge is not due before a promotion by hand, which takes a second, is done.
        given.put("trainer.version.interval.steps", "240");
        Settings read = Settings.of(TrainerSettings.declare(), Set.of(), List.of(given));
        pipeline = PipelineSettings.from(read);
        settings = TrainerSettings.from(read);
        return forStream;
    }

    private List<String> command(String... words) {
        List<String> command = new ArrayList<>(List.of(words));
        command.addAll(List.of("--set", "pipeline.topic.prefix=" + pipeline.topicPrefix()));
        command.addAll(
                List.of("--set", "pipeline.blob.store=" + pipeline.blobStore().address()));
        command.addAll(List.of("--bootstrap", pipeline.kafka().get("bootstrap.servers")));
        return command;
    }

    /** When predictions were made by this version after it was taken back, in the order of their making. */
    private List<Instant> citing(ModelAlias back) {
        return predictions().stream()
                .filter(prediction -> prediction.getModelVersion().equals(back.getVersion()))
                .map(Prediction::getPredictedAt)
                .filter(at -> at.isAfter(back.getSetAt()))
                .sorted()
                .toList();
    }

    private List<Prediction> predictions() {
        return read(pipeline.topics().predictions());
    }

    private List<ModelAlias> aliases() {
        return read(pipeline.topics().modelAliases());
    }

    private List<ModelVersion> versions() {
        return read(pipeline.topics().modelVersions());
    }

    private <V extends SpecificRecord> List<V> read(Topic<V> topic) {
        List<V> values = new ArrayList<>();
        try (TopicReader reader = new TopicReader(pipeline, List.of(topic.name()))) {
            do {
                reader.poll(Duration.ofMillis(100))
                        .forEach(record ->
                                values.add(TopicReader.decode(topic, record).orElseThrow()));
            } while (!reader.isAtEnd());
        }
        return values;
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(failure.get()).isNull();
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.sleep(100);
        }
    }
}
