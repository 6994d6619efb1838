package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.Encoding;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sensor windows through stream-app and trainer, with a trainer that is stopped and started again in the middle.
 *
 * <p>A window has two channels of 64 samples. Class 0 is a sine, class 1 a square wave of the same period and height,
 * class 2 noise alone; period and phase are random, the second channel lags behind the first, and noise is added to all.
 */
class SensorLoopIT {
    private static final List<String> CLASSES = List.of("sine", "square", "noise");
    private static final int LABELED = 60;
    private static final int HALF = 300;

    @TempDir
    private Path directory;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Instant start = Instant.now().minusSeconds(60);
    private TestPipeline broker;
    private RunningStream stream;
    private Map<String, String> given;

    @BeforeEach
    void open() throws Exception {
        broker = new TestPipeline(directory.resolve("broker"));
        PipelineSettings created = broker.another("sensor.");
        given = new HashMap<>();
        given.put("pipeline.topic.prefix", "sensor.");
        given.put("pipeline.classes", String.join(",", CLASSES));
        given.put("pipeline.frame.shape", "2,64");
        given.put("pipeline.blob.store", "file:" + directory.resolve("blobs"));
        given.put("kafka.bootstrap.servers", created.kafka().get("bootstrap.servers"));
        given.put("stream.state.dir", directory.resolve("stream").toString());
        given.put("trainer.threads", "1");
        given.put("trainer.network.width", "8");
        given.put("trainer.batch.labeled", "16");
        given.put("trainer.batch.unlabeled", "16");
        given.put("trainer.start.labels", Integer.toString(LABELED));
        given.put("trainer.commit.interval.steps", "16");
        given.put("trainer.version.interval.steps", "32");
        given.put("trainer.intake.idle.ms", "200");
        stream = new RunningStream(without("trainer."));
    }

    @AfterEach
    void close() {
        stream.close();
        broker.close();
    }

    @Test
    void shouldLearnWindowsAndLoseNothingWhenTheTrainerIsStartedAgain() throws Exception {
        try (KafkaProducer<String, byte[]> producer = producer()) {
            publish(producer, 0, HALF);
            TrainerWorker first = trainer();
            await(() -> promoted().size() >= 2); // the untrained one and one that has learned
            checkPort();
            first.close();

            publish(producer, HALF, 2 * HALF);
            TrainerWorker second = trainer();
            await(() -> predictions().size() == 2 * HALF);
            second.drain();
            publish(producer, 2 * HALF, 3 * HALF);
            await(() -> predictions().size() == 3 * HALF);
            second.close();
        }

        Map<String, Prediction> byFrame = new TreeMap<>();
        predictions().forEach(prediction -> byFrame.put(prediction.getFrameId(), prediction));
        assertThat(byFrame).as("each frame is answered once").hasSize(3 * HALF);
        assertThat(read(stream.pipeline().topics().acceptedFrames())).hasSize(3 * HALF);
        assertThat(right(byFrame, 2 * HALF, 3 * HALF)).isGreaterThan(0.75);
        assertThat(failure.get()).isNull();
    }

    /** Meters of the Kafka clients, of Kafka Streams and of ours are all on the one port. */
    private void checkPort() throws Exception {
        assertThat(stream.get("/metrics").body())
                .contains("kafka_consumer_", "kafka_producer_", "kafka_stream_", "jvm_memory_")
                .contains("stream_records_total{result=\"accepted\",topic=\"sensor.frames\"} " + HALF + ".0")
                .contains("stream_dead_letters_total{reason=\"NOT_AVRO\",topic=\"sensor.frames\"} 0.0")
                .containsPattern("trainer_step_duration_seconds_count [1-9]")
                .containsPattern("trainer_frames_total\\{disposition=\"TRAINED\"} [1-9]")
                .contains("trainer_loss{term=\"labeled\"}", "trainer_committed_step", "trainer_backlog_frames");
        assertThat(stream.get("/livez").statusCode()).isEqualTo(200);
        assertThat(stream.get("/readyz").statusCode()).isEqualTo(200);
        assertThat(stream.get("/readyz").body()).contains("ok   stream", "ok   training", "ok   predicting");
    }

    private TrainerWorker trainer() {
        Settings settings = Settings.of(TrainerSettings.declare(), Set.of("stream"), List.of(given));
        TrainerWorker worker = new TrainerWorker(
                PipelineSettings.from(settings), TrainerSettings.from(settings), stream.endpoint(), failure::set);
        worker.start();
        return worker;
    }

    private Map<String, String> without(String section) {
        Map<String, String> others = new HashMap<>(given);
        others.keySet().removeIf(key -> key.startsWith(section));
        return others;
    }

    private KafkaProducer<String, byte[]> producer() {
        return new KafkaProducer<>(
                stream.pipeline().kafkaWith(Map.of()), new StringSerializer(), new ByteArraySerializer());
    }

    private void publish(KafkaProducer<String, byte[]> producer, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            Frame frame = frame(i);
            send(producer, stream.pipeline().topics().frames(), frame.getSourceId(), frame);
            if (i < LABELED) {
                String label = CLASSES.get(i % CLASSES.size());
                LabelEvent event = new LabelEvent(frame.getFrameId(), LabelAction.ASSIGN, label, "generator", start);
                send(producer, stream.pipeline().topics().labels(), frame.getFrameId(), event);
            }
        }
        producer.flush();
    }

    private static <V extends SpecificRecord> void send(
            KafkaProducer<String, byte[]> producer, Topic<V> topic, String key, V value) {
        var unused = producer.send(new ProducerRecord<>(topic.name(), key, BrokenRecords.bytes(topic, value)));
    }

    private Frame frame(int i) {
        SplittableRandom random = new SplittableRandom(i);
        double period = 12 + random.nextDouble() * 8;
        double phase = random.nextDouble() * period;
        ByteBuffer window = ByteBuffer.allocate(2 * 64 * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int channel = 0; channel < 2; channel++) {
            for (int t = 0; t < 64; t++) {
                double sine = Math.sin(2 * Math.PI * (t + phase - 3 * channel) / period);
                double signal = List.of(sine, Math.signum(sine), 0.0).get(i % CLASSES.size());
                window.putFloat((float) (signal + 0.1 * random.nextGaussian()));
            }
        }
        return Frame.newBuilder()
                .setFrameId("window-%04d".formatted(i))
                .setSourceId("sensor-" + i / 3 % 4)
                .setCapturedAt(start.plusMillis(10L * i))
                .setEncoding(Encoding.F32_LE)
                .setShape(BrokenRecords.WINDOW)
                .setData(window.flip())
                .build();
    }

    private List<Prediction> predictions() {
        return read(stream.pipeline().topics().predictions());
    }

    private List<String> promoted() {
        return read(stream.pipeline().topics().modelAliases()).stream()
                .map(ModelAlias::getVersion)
                .toList();
    }

    private static double right(Map<String, Prediction> byFrame, int from, int to) {
        int right = 0;
        for (int i = from; i < to; i++) {
            Prediction prediction = byFrame.get("window-%04d".formatted(i));
            right += prediction.getClassIndex() == i % CLASSES.size() ? 1 : 0;
        }
        return (double) right / (to - from);
    }

    private <V extends SpecificRecord> List<V> read(Topic<V> topic) {
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

    private void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(90).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(failure.get()).isNull();
            assertThat(stream.failure()).isNull();
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.sleep(300);
        }
    }
}
