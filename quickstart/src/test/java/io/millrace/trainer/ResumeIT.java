package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.quickstart.TestPipeline;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.Encoding;
import io.millrace.record.Frame;
import io.millrace.record.FrameReference;
import io.millrace.record.LabelAction;
import io.millrace.record.LabelRequest;
import io.millrace.record.LabeledFrame;
import io.millrace.record.LedgerRow;
import io.millrace.record.OffsetRange;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.schemas.Topic;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.Tensor;
import io.millrace.trainer.publish.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trainer that is killed between any two steps ends as one that was not: same weights, every offset once. */
class ResumeIT {
    private static final int FRAMES = 44;
    /** Recent, because retention goes by the time of a record; only differences of it matter to the trainer. */
    private static final Instant BASE = Instant.now();

    private static final int STEPS = FRAMES / 4;

    @TempDir
    private static Path directory;

    private static TestPipeline broker;
    private static Compute compute;

    @BeforeAll
    static void start() throws Exception {
        broker = new TestPipeline(directory.resolve("broker"));
        compute = Compute.open("cpu", 1);
    }

    @AfterAll
    static void stop() {
        compute.close();
        broker.close();
    }

    @Test
    void shouldEndBitForBitAlikeWhenKilledBetweenAnyTwoSteps() throws Exception {
        Ending unbroken = train("unbroken.", List.of());
        assertThat(unbroken.accounted()).hasSize(FRAMES + 12);
        assertThat(unbroken.asked()).as("chosen as well as drawn").hasSizeGreaterThan(5);
        assertThat(unbroken.asked()).doesNotHaveDuplicates().anyMatch(asked -> !asked.contains("RANDOM"));

        for (int kill = 0; kill < STEPS; kill++) {
            Ending killed = train("killed" + kill + ".", List.of(kill));

            assertThat(killed.accounted())
                    .as("offsets after a kill at step %d", kill)
                    .isEqualTo(unbroken.accounted());
            assertThat(killed.state()).as("state after a kill at step %d", kill).isEqualTo(unbroken.state());
            assertThat(killed.asked())
                    .as("requests after a kill at step %d", kill)
                    .isEqualTo(unbroken.asked());
        }
    }

    @Test
    void shouldEndBitForBitAlikeWhenKilledAgainAndAgain() throws Exception {
        assertThat(train("often.", List.of(1, 3, 4, 2, 5)).state())
                .isEqualTo(train("never.", List.of()).state());
    }

    @Test
    void shouldEndDifferentlyWithAnotherSeedSoThatEqualityMeansSomething() throws Exception {
        assertThat(train("seven.", List.of()).state())
                .isNotEqualTo(train("eight.", List.of(), "8").state());
    }

    @Test
    void shouldFenceTheOneLeftBehindWhenAnotherTrainerTakesItsPlace() throws Exception {
        PipelineSettings pipeline = withTinyFrames(broker.another("two.").topicPrefix());
        publish(pipeline);
        TrainerSettings settings = settings(pipeline, "7");
        try (TrainingSession left = session(pipeline, settings)) {
            begin(left);
            left.loop().turn(() -> false);
            try (TrainingSession successor = session(pipeline, settings)) {
                Ending ending = drained(successor, pipeline, settings);

                assertThatThrownBy(() -> {
                            for (int i = 0; i < STEPS; i++) {
                                left.loop().turn(() -> false);
                            }
                        })
                        .isInstanceOf(ApiException.class);

                assertThat(ending).isEqualTo(train("one.", List.of()));
                assertThat(accounted(pipeline)).isEqualTo(ending.accounted());
            }
        }
    }

    @Test
    void shouldLetTheChampionAnswerOnWhenTheLedgerIsLost() throws Exception {
        train("lost.", List.of());
        PipelineSettings pipeline = withTinyFrames("lost.");
        long aliases = size(pipeline, pipeline.topics().modelAliases());
        long versions = size(pipeline, pipeline.topics().modelVersions());
        NewTopic ledger = new NewTopic(pipeline.topics().trainingLedger().name(), Optional.of(1), Optional.empty());
        try (Admin admin = Admin.create(new HashMap<>(pipeline.kafka()))) {
            admin.deleteTopics(List.of(ledger.name())).all().get();
            admin.createTopics(List.of(ledger)).all().get();
        }

        try (TrainingSession session = session(pipeline, settings(pipeline, "7"))) {
            assertThat(session.checkpoint()).isEmpty();
            begin(session);
        }

        assertThat(size(pipeline, pipeline.topics().modelVersions())).isEqualTo(versions + 1);
        assertThat(size(pipeline, pipeline.topics().modelAliases())).isEqualTo(aliases);
    }

    @Test
    void shouldRefuseALedgerOfSeveralPartitions() throws Exception {
        PipelineSettings pipeline = withTinyFrames("wide.");
        String ledger = pipeline.topics().trainingLedger().name();
        try (Admin admin = Admin.create(new HashMap<>(pipeline.kafka()))) {
            admin.createTopics(List.of(new NewTopic(ledger, Optional.of(2), Optional.empty())))
                    .all()
                    .get();
        }
        broker.another("wide.");

        assertThatThrownBy(() -> session(pipeline, settings(pipeline, "7")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(ledger + " to have one partition, got 2");
    }

    private static long size(PipelineSettings pipeline, Topic<?> topic) {
        long records = 0;
        try (TopicReader reader = new TopicReader(pipeline, List.of(topic.name()))) {
            do {
                records += reader.poll(Duration.ofMillis(100)).count();
            } while (!reader.isAtEnd());
        }
        return records;
    }

    /**
     * How a run ended.
     *
     * @param state bits of student, teacher, optimizer and gate, and what else the last checkpoint holds
     * @param accounted how often each offset of the inputs stands in the ledger
     * @param asked every label request: frame, reason and score
     */
    private record Ending(Map<String, String> state, Map<String, Integer> accounted, List<String> asked) {}

    private static Ending train(String prefix, List<Integer> turnsBeforeKills) throws Exception {
        return train(prefix, turnsBeforeKills, "7");
    }

    private static Ending train(String prefix, List<Integer> turnsBeforeKills, String seed) throws Exception {
        PipelineSettings created = broker.another(prefix);
        PipelineSettings pipeline = withTinyFrames(created.topicPrefix());
        publish(pipeline);
        TrainerSettings settings = settings(pipeline, seed);
        for (int turns : turnsBeforeKills) {
            try (TrainingSession session = session(pipeline, settings)) {
                begin(session);
                for (int i = 0; i < turns; i++) {
                    session.loop().turn(() -> false);
                }
            } // nothing is committed on the way out
        }
        try (TrainingSession session = session(pipeline, settings)) {
            return drained(session, pipeline, settings);
        }
    }

    private static Ending drained(TrainingSession session, PipelineSettings pipeline, TrainerSettings settings)
            throws IOException {
        begin(session);
        session.source().endHere();
        boolean drained = false;
        while (!drained) {
            drained = session.loop().turn(() -> false);
        }
        session.loop().finish(true);
        Map<String, String> state = new TreeMap<>();
        for (Tensor tensor : session.learner().state()) {
            state.put(tensor.name(), bits(tensor.values()));
        }
        state.putAll(committed(pipeline, settings));
        return new Ending(state, accounted(pipeline), asked(pipeline));
    }

    /** What is watched, scored and replayed, as the next trainer would find it. */
    private static Map<String, String> committed(PipelineSettings pipeline, TrainerSettings settings)
            throws IOException {
        try (TrainingSession next = session(pipeline, settings)) {
            Checkpoint last = next.checkpoint().orElseThrow();
            Map<String, String> held = new TreeMap<>();
            held.put("checkpoint.scores", bits(last.scores().values()));
            held.put("checkpoint.calibration", bits(last.calibration().values()));
            held.put("checkpoint.labeled", described(last.labeled()));
            held.put("checkpoint.unlabeled", described(last.unlabeled()));
            held.put("checkpoint.holdout", described(last.holdout()));
            held.put("checkpoint.safety", new TreeMap<>(last.safety().numbers()).toString());
            for (Tensor tensor : last.safety().promoted()) {
                held.put("checkpoint.promoted." + tensor.name(), bits(tensor.values()));
            }
            return held;
        }
    }

    private static String described(List<Sample> samples) {
        return samples.stream()
                .map(sample -> sample.frameId() + "=" + sample.label() + ":" + bits(sample.values()))
                .toList()
                .toString();
    }

    private static List<String> asked(PipelineSettings pipeline) {
        Topic<LabelRequest> requests = pipeline.topics().labelRequests();
        List<String> asked = new ArrayList<>();
        try (TopicReader reader = new TopicReader(pipeline, List.of(requests.name()))) {
            do {
                reader.poll(Duration.ofMillis(100))
                        .forEach(record -> TopicReader.decode(requests, record)
                                .ifPresent(request -> asked.add(request.getFrameId() + " " + request.getReason() + " "
                                        + Float.floatToRawIntBits(request.getScore()))));
            } while (!reader.isAtEnd());
        }
        asked.sort(null);
        return asked;
    }

    private static void begin(TrainingSession session) {
        session.loop().begin(session.checkpoint());
        if (session.checkpoint().map(found -> found.step() == 0).orElse(true)) {
            session.source().awaitLabels(12, () -> false);
        }
    }

    private static TrainingSession session(PipelineSettings pipeline, TrainerSettings settings) throws IOException {
        return new TrainingSession(pipeline, settings, compute, new SimpleMeterRegistry(), InstantSource.system());
    }

    private static PipelineSettings withTinyFrames(String prefix) {
        return PipelineSettings.from(given(prefix, "7"));
    }

    private static TrainerSettings settings(PipelineSettings pipeline, String seed) {
        return TrainerSettings.from(given(pipeline.topicPrefix(), seed));
    }

    private static Settings given(String prefix, String seed) {
        Map<String, String> given = new HashMap<>();
        given.put("pipeline.topic.prefix", prefix);
        given.put("pipeline.classes", "dark,bright");
        given.put("pipeline.frame.shape", "1,8,8");
        given.put("pipeline.blob.store", "file:" + directory.resolve("blobs"));
        given.put("kafka.bootstrap.servers", broker.broker().bootstrapServers());
        given.put("trainer.seed", seed);
        given.put("trainer.frames.per.step", "4");
        given.put("trainer.commit.interval.steps", "3");
        given.put("trainer.version.interval.steps", "6");
        given.put("trainer.batch.labeled", "8");
        given.put("trainer.batch.unlabeled", "12");
        given.put("trainer.network.width", "8");
        given.put("trainer.threads", "1");
        given.put("trainer.unlabeled.warm.start.steps", "2");
        given.put("trainer.unlabeled.ramp.steps", "2");
        given.put("trainer.gate.threshold.floor", "0.5");
        given.put("trainer.label.requests.budget", "0.4");
        given.put("trainer.label.requests.window.frames", "5");
        given.put("trainer.intake.idle.ms", "200");
        return Settings.of(TrainerSettings.declare(), Set.of(), List.of(given));
    }

    /** Dark and bright frames, a label for the first twelve; two of the labels come in the middle of the stream. */
    private static void publish(PipelineSettings pipeline) throws Exception {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                new HashMap<>(pipeline.kafka()), new StringSerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < FRAMES; i++) {
                Frame frame = frame(i);
                long offset = send(producer, pipeline.topics().frames(), i, frame.getSourceId(), frame);
                send(producer, pipeline.topics().acceptedFrames(), i, frame.getSourceId(), frame);
                if (i < 12) {
                    long labeledAt = i < 10 ? 0 : 10L * (i + 10);
                    LabeledFrame label = new LabeledFrame(
                            frame.getFrameId(),
                            frame.getSourceId(),
                            LabelAction.ASSIGN,
                            i % 2,
                            i % 2 == 0 ? "dark" : "bright",
                            0,
                            "test",
                            BASE.plusMillis(labeledAt),
                            frame.getCapturedAt(),
                            new FrameReference(pipeline.topics().frames().name(), i % 2, offset));
                    send(producer, pipeline.topics().labeledFrames(), i, frame.getFrameId(), label);
                }
            }
        }
    }

    private static Frame frame(int i) {
        byte[] pixels = new byte[64];
        SplittableRandom random = new SplittableRandom(i);
        for (int p = 0; p < pixels.length; p++) {
            pixels[p] = (byte) (i % 2 * 120 + random.nextInt(100));
        }
        return Frame.newBuilder()
                .setFrameId("frame-" + i)
                .setSourceId("camera-" + i % 2)
                .setCapturedAt(BASE.plusMillis(10L * i))
                .setEncoding(Encoding.RAW_U8)
                .setShape(List.of(1, 8, 8))
                .setData(ByteBuffer.wrap(pixels))
                .build();
    }

    private static <V extends SpecificRecord> long send(
            KafkaProducer<String, byte[]> producer, Topic<V> topic, int i, String key, V value) throws Exception {
        byte[] bytes = topic.values().serializer().serialize(topic.name(), value);
        return producer.send(new ProducerRecord<>(topic.name(), i % 2, BASE.toEpochMilli() + 10L * i, key, bytes))
                .get()
                .offset();
    }

    private static Map<String, Integer> accounted(PipelineSettings pipeline) {
        Topic<LedgerRow> ledger = pipeline.topics().trainingLedger();
        List<LedgerRow> rows = new ArrayList<>();
        try (TopicReader reader = new TopicReader(pipeline, List.of(ledger.name()))) {
            do {
                reader.poll(Duration.ofMillis(100))
                        .forEach(record -> TopicReader.decode(ledger, record).ifPresent(rows::add));
            } while (!reader.isAtEnd());
        }
        assertThat(rows.stream().map(LedgerRow::getParentHash).collect(Collectors.toSet()))
                .as("each row has a parent of its own: the chain has no fork")
                .hasSameSizeAs(rows);
        Map<String, Integer> accounted = new TreeMap<>();
        for (LedgerRow row : rows) {
            for (OffsetRange range : row.getRanges()) {
                for (long offset = range.getFromOffset(); offset <= range.getToOffset(); offset++) {
                    String topic =
                            range.getTopic().substring(pipeline.topicPrefix().length());
                    accounted.merge(topic + "-" + range.getPartition() + "@" + offset, 1, Integer::sum);
                }
            }
        }
        assertThat(accounted.values()).as("no offset twice").allMatch(times -> times == 1);
        return accounted;
    }

    private static String bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits.length + ":" + Arrays.hashCode(bits);
    }
}
