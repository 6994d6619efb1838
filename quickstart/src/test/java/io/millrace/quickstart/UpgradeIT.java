package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.data.StreamPlan;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.Frame;
import io.millrace.record.FrameReference;
import io.millrace.record.IndexedFrame;
import io.millrace.record.LabelAction;
import io.millrace.record.LabelEvent;
import io.millrace.record.LabeledFrame;
import io.millrace.record.Prediction;
import io.millrace.record.Verdict;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.AvroSerializer;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
import io.millrace.stream.StreamCommand;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From this release to the next and back, on real topics: the next release has written changelogs, internal topics,
 * frames, labels and predictions in its own schemas, and this one goes on from them.
 */
class UpgradeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(100);

    @TempDir
    private Path directory;

    private final Instant base = Instant.now().minusSeconds(600).truncatedTo(ChronoUnit.MILLIS);
    private final NextVersion next = new NextVersion();
    private final Map<String, String> labeled = new TreeMap<>();
    private TestPipeline broker;
    private PipelineSettings pipeline;
    private Topics topics;
    private FrameStream stream;
    private Arrivals arrivals;
    private KafkaProducer<byte[], byte[]> producer;

    @BeforeEach
    void start() throws Exception {
        broker = new TestPipeline(directory.resolve("broker"));
        pipeline = broker.settings();
        topics = pipeline.topics();
        stream = new FrameStream(FashionData.bundled().training(), StreamPlan.of(7, 1_000));
        arrivals = new Arrivals(pipeline);
        producer = new KafkaProducer<>(
                pipeline.kafkaWith(Map.of("acks", "all")), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterEach
    void stop() {
        producer.close();
        arrivals.close();
        broker.close();
    }

    @Test
    void shouldGoOnFromWhatTheNextVersionLeftBehind() throws Exception {
        try (RunningStream ofThisRelease = new RunningStream(settings("before"))) {
            LongStream.range(0, 40).forEach(i -> send(topics.frames(), source(i), frame(i)));
            LongStream.range(0, 10).forEach(i -> label(i, LabelAction.ASSIGN, "Bag"));
            LongStream.range(40, 50).forEach(i -> label(i, LabelAction.ASSIGN, "Bag")); // they wait for their frames
            LongStream.range(0, 40).forEach(i -> send(topics.predictions(), source(i), prediction(i)));
            await("40 frames and 10 outcomes", () -> arrivals.accepted.size() == 40 && arrivals.outcomes.size() == 10);
            await("40 frames, 10 labels and 40 predictions in the stores", () -> stored().size() == 40 + 10 + 40);
            assertThat(ofThisRelease.failure()).isNull();
        }
        rewriteStores();
        byte[] reference = new AvroSerializer<IndexedFrame>(LockedSchemaIds.load()).serialize("", indexed(90));
        send("stream-app-frame-references-repartition", stream.frameId(90), next.rewritten(reference));

        // Back to this release without the ids of the next: it stops and says why; it neither skips nor guesses.
        try (ChildProcess untold = ChildProcess.start(directory, "untold", StreamCommand.class, settings("untold"))) {
            assertThat(untold.awaitEnd()).isEqualTo(1);
            assertThat(untold.lastLines()).contains("is not in /schema-ids.lock");
        }

        // Back to this release, told the ids: both versions write from here on.
        Path ids = directory.resolve("ids-of-next");
        next.writeLock(ids);
        try (ChildProcess told = ChildProcess.start(directory, "told", StreamCommand.class, settings("told"), ids)) {
            LongStream.range(40, 60).forEach(i -> sendNext(topics.frames(), source(i), frame(i)));
            LongStream.range(40, 60).forEach(i -> sendNext(topics.predictions(), source(i), prediction(i)));
            LongStream.range(0, 10).forEach(i -> label(i, LabelAction.CORRECT, "Coat"));
            LongStream.range(10, 20).forEach(i -> label(i, LabelAction.ASSIGN, "Bag"));
            LongStream.range(20, 30)
                    .forEach(i -> sendNext(
                            topics.labels(), stream.frameId(i), event(stream.frameId(i), LabelAction.ASSIGN, "Bag")));
            label(90, LabelAction.ASSIGN, "Bag");
            sendUnknownAction(stream.frameId(30));
            await(
                    "every label",
                    () -> arrivals.labeled.size() == 41
                            && arrivals.accepted.size() == 60
                            && arrivals.outcomes.size() == 40
                            && arrivals.deadLetters.size() == 1
                            && arrivals.labeled.getOrDefault(stream.frameId(0), 0) == 2);
            assertThat(told.terminate()).isEqualTo(ChildProcess.ENDED_BY_SIGTERM);
        }
        arrivals.readToEnd();
        assertThat(Arrivals.notOnce(arrivals.accepted)).isEmpty();
        readLabeled();
        for (long i = 0; i < 50; i++) {
            String expected = i < 10 ? "ASSIGN Bag 0, CORRECT Coat 1" : i < 30 || i >= 40 ? "ASSIGN Bag 0" : null;
            assertThat(labeled.get(stream.frameId(i))).as("frame %d", i).isEqualTo(expected);
        }
        assertThat(labeled.get(stream.frameId(90))).isEqualTo("ASSIGN Bag 0");
        assertThat(new String(
                        arrivals.deadLetters
                                .get(0)
                                .headers()
                                .lastHeader("millrace.reason")
                                .value(),
                        StandardCharsets.UTF_8))
                .isEqualTo("UNKNOWN_ACTION");
    }

    /** As the next release leaves the stores: every value written again, in its own schema. */
    private void rewriteStores() {
        for (ConsumerRecord<byte[], byte[]> value : stored()) {
            var unused = producer.send(new ProducerRecord<>(
                    value.topic(), value.partition(), value.timestamp(), value.key(), next.rewritten(value.value())));
        }
        producer.flush();
    }

    private List<ConsumerRecord<byte[], byte[]>> stored() {
        List<ConsumerRecord<byte[], byte[]>> values = new ArrayList<>();
        for (String store : List.of("frame-index", "frame-labels", "frame-predictions")) {
            values.addAll(readAll(pipeline.topicPrefix() + "stream-app-" + store + "-changelog"));
        }
        return values;
    }

    private void readLabeled() {
        for (ConsumerRecord<byte[], byte[]> record :
                readAll(topics.labeledFrames().name())) {
            LabeledFrame label =
                    TopicReader.decode(topics.labeledFrames(), record).orElseThrow();
            String text = label.getAction() + " " + label.getLabel() + " " + label.getRevision();
            labeled.merge(label.getFrameId(), text, (before, now) -> before + ", " + now);
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> readAll(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (TopicReader reader = new TopicReader(pipeline, List.of(topic))) {
            do {
                reader.poll(Duration.ofMillis(100)).forEach(records::add);
            } while (!reader.isAtEnd());
        }
        return records;
    }

    private Map<String, String> settings(String name) {
        return new HashMap<>(Map.of(
                "kafka.bootstrap.servers", broker.broker().bootstrapServers(),
                "kafka.session.timeout.ms", "6000",
                "pipeline.topic.prefix", pipeline.topicPrefix(),
                "pipeline.blob.store", "file:" + directory.resolve("blobs"),
                "stream.state.dir", directory.resolve(name).toString()));
    }

    private Frame frame(long sequence) {
        return stream.frame(sequence, base);
    }

    private String source(long sequence) {
        return FrameStream.sourceId(stream.source(sequence));
    }

    private IndexedFrame indexed(long sequence) {
        return new IndexedFrame(
                stream.frameId(sequence),
                source(sequence),
                base,
                "0".repeat(64),
                new FrameReference(topics.frames().name(), 0, sequence));
    }

    private Prediction prediction(long sequence) {
        return new Prediction(
                stream.frameId(sequence),
                source(sequence),
                base,
                base,
                0,
                "Bag",
                1f,
                List.of(1f),
                "v1",
                Verdict.CONFIDENT,
                null);
    }

    private void label(long sequence, LabelAction action, String name) {
        String frameId = stream.frameId(sequence);
        send(topics.labels(), frameId, event(frameId, action, name));
    }

    private LabelEvent event(String frameId, LabelAction action, String name) {
        return new LabelEvent(frameId, action, name, "ann", base);
    }

    private void sendUnknownAction(String frameId) {
        byte[] bytes = bytes(topics.labels(), event(frameId, LabelAction.ASSIGN, "Bag"));
        send(
                "labels",
                frameId,
                next.rewritten(bytes, label -> label.put("action", NextVersion.symbol(label, "action"))));
    }

    private <V extends SpecificRecord> void send(Topic<V> topic, String key, V value) {
        send(topic.name().substring(pipeline.topicPrefix().length()), key, bytes(topic, value));
    }

    private <V extends SpecificRecord> void sendNext(Topic<V> topic, String key, V value) {
        send(topic.name().substring(pipeline.topicPrefix().length()), key, next.rewritten(bytes(topic, value)));
    }

    private void send(String topic, String key, byte[] value) {
        var unused = producer.send(
                new ProducerRecord<>(pipeline.topicPrefix() + topic, key.getBytes(StandardCharsets.UTF_8), value));
    }

    private static <V extends SpecificRecord> byte[] bytes(Topic<V> topic, V value) {
        return topic.values().serializer().serialize(topic.name(), value);
    }

    private void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            arrivals.poll();
            assertThat(System.nanoTime())
                    .as("waited for %s, got %s", what, arrivals)
                    .isLessThan(deadline);
        }
    }
}
