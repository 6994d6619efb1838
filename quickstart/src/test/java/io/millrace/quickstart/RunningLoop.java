package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.Frame;
import io.millrace.record.LabelAction;
import io.millrace.record.LabelEvent;
import io.millrace.record.ModelAlias;
import io.millrace.record.Prediction;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.schemas.Topic;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.TrainerWorker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A pipeline of any shape on a broker of its own, with a running stream-app; trainers are started when asked for. */
final class RunningLoop implements AutoCloseable {
    /** Small and quick: one thread, a narrow network, small batches, a challenger every 32 steps. */
    private static final Map<String, String> SMALL = Map.of(
            "trainer.threads", "1",
            "trainer.network.width", "8",
            "trainer.batch.labeled", "16",
            "trainer.batch.unlabeled", "16",
            "trainer.commit.interval.steps", "16",
            "trainer.version.interval.steps", "32",
            "trainer.intake.idle.ms", "200");

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Map<String, String> given = new HashMap<>(SMALL);
    private final TestPipeline broker;
    private final RunningStream stream;
    private final KafkaProducer<String, byte[]> producer;

    /** @param directory of broker, state and blobs @param settings of the pipeline, and of the trainer beside the usual */
    RunningLoop(Path directory, String prefix, Map<String, String> settings) throws Exception {
        broker = new TestPipeline(directory.resolve("broker"));
        PipelineSettings created = broker.another(prefix);
        given.putAll(settings);
        given.put("pipeline.topic.prefix", prefix);
        given.put("pipeline.blob.store", "file:" + directory.resolve("blobs"));
        given.put("kafka.bootstrap.servers", created.kafka().get("bootstrap.servers"));
        given.put("stream.state.dir", directory.resolve("stream").toString());
        Map<String, String> ofStream = new HashMap<>(given);
        ofStream.keySet().removeIf(key -> key.startsWith("trainer."));
        stream = new RunningStream(ofStream);
        producer = new KafkaProducer<>(
                stream.pipeline().kafkaWith(Map.of()), new StringSerializer(), new ByteArraySerializer());
    }

    /** Starts a trainer that predicts as well; the caller closes it. */
    TrainerWorker trainer() {
        Settings settings = Settings.of(TrainerSettings.declare(), Set.of("stream"), List.of(given));
        TrainerWorker worker = new TrainerWorker(
                PipelineSettings.from(settings), TrainerSettings.from(settings), stream.endpoint(), failure::set);
        worker.start();
        return worker;
    }

    RunningStream stream() {
        return stream;
    }

    /** Publishes a frame under its source, as any producer would. */
    void publish(Frame frame) {
        send(stream.pipeline().topics().frames(), frame.getSourceId(), frame);
    }

    /** Publishes the label of a frame. */
    void publish(Frame frame, String label, Instant at) {
        LabelEvent event = new LabelEvent(frame.getFrameId(), LabelAction.ASSIGN, label, "generator", at);
        send(stream.pipeline().topics().labels(), frame.getFrameId(), event);
    }

    /** Sends what was published. */
    void flush() {
        producer.flush();
    }

    private <V extends SpecificRecord> void send(Topic<V> topic, String key, V value) {
        var unused = producer.send(new ProducerRecord<>(topic.name(), key, BrokenRecords.bytes(topic, value)));
    }

    /** Predictions so far. */
    List<Prediction> predictions() {
        return read(stream.pipeline().topics().predictions());
    }

    /** Predictions so far, the last of each frame. */
    Map<String, Prediction> predictionsByFrame() {
        Map<String, Prediction> byFrame = new TreeMap<>();
        predictions().forEach(prediction -> byFrame.put(prediction.getFrameId(), prediction));
        return byFrame;
    }

    /** Versions that became champion, in order. */
    List<String> promoted() {
        return read(stream.pipeline().topics().modelAliases()).stream()
                .map(ModelAlias::getVersion)
                .toList();
    }

    /** All that is committed to a topic. */
    <V extends SpecificRecord> List<V> read(Topic<V> topic) {
        List<V> values = new ArrayList<>();
        try (TopicReader reader = new TopicReader(stream.pipeline(), List.of(topic.name()))) {
            do {
                reader.poll(Duration.ofMillis(100))
                        .forEach(record ->
                                values.add(TopicReader.decode(topic, record).orElseThrow()));
            } while (!reader.isAtEnd());
        }
        return values;
    }

    /** Waits, 90 seconds at most; fails at once when a part of the loop has failed. */
    void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (!condition.getAsBoolean()) {
            checkHealth();
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.sleep(300);
        }
    }

    /** Fails when a part of the loop has failed. */
    void checkHealth() {
        assertThat(failure.get()).isNull();
        assertThat(stream.failure()).isNull();
    }

    @Override
    public void close() {
        producer.close();
        stream.close();
        broker.close();
    }
}
