package io.millrace.stream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.record.Encoding;
import io.millrace.record.Frame;
import io.millrace.record.LabelAction;
import io.millrace.record.LabelEvent;
import io.millrace.record.LabeledFrame;
import io.millrace.record.Outcome;
import io.millrace.record.Prediction;
import io.millrace.record.Verdict;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.SchemaIds;
import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;

/** The whole topology over the test driver, with a wall-clock of its own, and raw topics at both ends. */
final class Bench implements AutoCloseable {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final Duration LABEL_WAIT = Duration.ofSeconds(10);
    static final Duration HORIZON = Duration.ofMinutes(5);

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Map<String, byte[]> blobs = new HashMap<>();
    final Topics topics;
    final TestInputTopic<byte[], byte[]> frames;
    final TestInputTopic<byte[], byte[]> labels;
    final TestInputTopic<byte[], byte[]> predictions;
    final TestOutputTopic<byte[], byte[]> accepted;
    final TestOutputTopic<String, LabeledFrame> labeled;
    final TestOutputTopic<String, Outcome> outcomes;
    final TestOutputTopic<byte[], byte[]> frameLetters;
    final TestOutputTopic<byte[], byte[]> labelLetters;
    final TestOutputTopic<byte[], byte[]> predictionLetters;

    private final TopologyTestDriver driver;
    private final Path stateDir;
    private Instant now = START;

    Bench() {
        this(LockedSchemaIds.load());
    }

    Bench(SchemaIds ids) {
        try {
            stateDir = Files.createTempDirectory("millrace-stream-test");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Settings given = settings(Map.of("stream.state.dir", stateDir.toString()));
        PipelineSettings pipeline = PipelineSettings.from(given);
        StreamSettings settings = StreamSettings.from(given);
        Topology topology = FrameTopology.build(
                pipeline,
                settings,
                new FrameTopology.Outside(meters, sha -> Optional.ofNullable(blobs.get(sha)), ids, () -> now));
        Properties config = StreamApp.config(pipeline, settings);
        driver = new TopologyTestDriver(topology, config, START);
        topics = new Topics(pipeline.topicPrefix(), LockedSchemaIds.load());
        frames = input(topics.frames());
        labels = input(topics.labels());
        predictions = input(topics.predictions());
        accepted = rawOutput(topics.acceptedFrames().name());
        labeled = output(topics.labeledFrames());
        outcomes = output(topics.outcomes());
        frameLetters = rawOutput(topics.deadLettersOf(topics.frames()));
        labelLetters = rawOutput(topics.deadLettersOf(topics.labels()));
        predictionLetters = rawOutput(topics.deadLettersOf(topics.predictions()));
    }

    /** Small samples, three classes, short waits. */
    static Settings settings(Map<String, String> more) {
        Map<String, String> small = new HashMap<>(Map.of(
                "pipeline.classes",
                "cat,dog,owl",
                "pipeline.frame.shape",
                "1,2,2",
                "stream.label.wait.ms",
                Long.toString(LABEL_WAIT.toMillis()),
                "stream.label.horizon.ms",
                Long.toString(HORIZON.toMillis())));
        small.putAll(more);
        return Settings.of(StreamSettings.declare(), Set.of(), List.of(small));
    }

    Instant now() {
        return now;
    }

    void advance(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
    }

    /** A sound frame whose four pixels are all {@code pixel}. */
    Frame frame(String frameId, String sourceId, int pixel) {
        byte value = (byte) pixel;
        return Frame.newBuilder()
                .setFrameId(frameId)
                .setSourceId(sourceId)
                .setCapturedAt(now)
                .setEncoding(Encoding.RAW_U8)
                .setShape(List.of(1, 2, 2))
                .setData(ByteBuffer.wrap(new byte[] {value, value, value, value}))
                .build();
    }

    LabelEvent label(String frameId, LabelAction action, String name) {
        return new LabelEvent(frameId, action, name, "annotator", now);
    }

    Prediction prediction(String frameId, int classIndex, String version) {
        return new Prediction(
                frameId,
                "camera",
                now,
                now,
                classIndex,
                List.of("cat", "dog", "owl").get(classIndex),
                0.9f,
                List.of(0.9f, 0.05f, 0.05f),
                version,
                Verdict.CONFIDENT,
                null);
    }

    byte[] send(Frame frame) {
        return send(frames, frame.getSourceId(), topics.frames(), frame);
    }

    byte[] send(String frameId) {
        return send(frame(frameId, "camera", 7));
    }

    byte[] send(LabelEvent label) {
        return send(labels, label.getFrameId(), topics.labels(), label);
    }

    byte[] assign(String frameId, String name) {
        return send(label(frameId, LabelAction.ASSIGN, name));
    }

    byte[] correct(String frameId, String name) {
        return send(label(frameId, LabelAction.CORRECT, name));
    }

    byte[] retract(String frameId) {
        return send(label(frameId, LabelAction.RETRACT, null));
    }

    byte[] predict(String frameId, int classIndex, String version) {
        return send(predictions, "camera", topics.predictions(), prediction(frameId, classIndex, version));
    }

    private <V extends SpecificRecord> byte[] send(
            TestInputTopic<byte[], byte[]> input, String key, Topic<V> topic, V value) {
        byte[] bytes = topic.values().serializer().serialize(topic.name(), value);
        input.pipeInput(bytes(key), bytes, now);
        return bytes;
    }

    double count(String topic, String result) {
        return meters.get("stream.records")
                .tags("topic", topic, "result", result)
                .counter()
                .count();
    }

    double countDeadLetters(String topic, String reason) {
        return meters.get("stream.dead.letters")
                .tags("topic", topic, "reason", reason)
                .counter()
                .count();
    }

    static String header(TestRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    static String reason(TestRecord<?, ?> letter) {
        return header(letter, "millrace.reason");
    }

    static List<String> reasons(TestOutputTopic<byte[], byte[]> letters) {
        return letters.readRecordsToList().stream().map(Bench::reason).toList();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private TestInputTopic<byte[], byte[]> input(Topic<?> topic) {
        return driver.createInputTopic(topic.name(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private TestOutputTopic<byte[], byte[]> rawOutput(String name) {
        return driver.createOutputTopic(name, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private <V extends SpecificRecord> TestOutputTopic<String, V> output(Topic<V> topic) {
        return driver.createOutputTopic(
                topic.name(), new StringDeserializer(), topic.values().deserializer());
    }

    @Override
    public void close() {
        driver.close();
        try (var paths = Files.walk(stateDir)) {
            paths.sorted(java.util.Comparator.reverseOrder())
                    .forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
