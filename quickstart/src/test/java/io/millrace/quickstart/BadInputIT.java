package io.millrace.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.Encoding;
import io.millrace.record.Frame;
import io.millrace.record.LabelAction;
import io.millrace.record.LabelEvent;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.Reason;
import io.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever comes in, the stream-app puts it aside with its reason and goes on. */
class BadInputIT {
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS); // events must be of the present
    private static final Pattern DEAD_LETTERS =
            Pattern.compile("stream_dead_letters_total\\{reason=\"(\\w+)\",topic=\"([^\"]+)\"} ([0-9.]+)");
    private static final List<String> SOURCES = List.of("camera-1", "camera-2", "camera-3", "camera-4", "camera-5");

    @TempDir
    private static Path directory;

    private static TestPipeline broker;

    private final DeadLetters letters = new DeadLetters();
    private final Set<String> good = new TreeSet<>();
    private final List<String> accepted = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        broker = new TestPipeline(directory.resolve("broker"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void shouldPutEveryBrokenImageAndLabelAsideAndGoOn() throws Exception {
        try (RunningStream stream = stream("images.", "1,28,28")) {
            Topics topics = stream.pipeline().topics();
            LabelEvent label = new LabelEvent("good-0", LabelAction.ASSIGN, "Dress", "test", NOW);
            List<BrokenRecord> broken = BrokenRecords.ofImages(topics, NOW, image(0), label);
            LabelEvent nothing = new LabelEvent("good-1", LabelAction.RETRACT, null, "test", NOW);

            try (KafkaProducer<byte[], byte[]> producer = producer(stream)) {
                good(producer, topics, image(0));
                send(producer, labelRecord(topics, label));
                feed(producer, topics, broken, BadInputIT::image);
                letters.sent(retraction(topics, nothing), send(producer, labelRecord(topics, nothing)));
            }

            collect(stream);
            assertThat(reasons()).isEqualTo(EnumSet.complementOf(EnumSet.of(Reason.NON_FINITE, Reason.FRAME_EXPIRED)));
        }
    }

    @Test
    void shouldPutEveryBrokenWindowAsideAndGoOn() throws Exception {
        try (RunningStream stream = stream("sensor.", "2,64")) {
            Topics topics = stream.pipeline().topics();

            try (KafkaProducer<byte[], byte[]> producer = producer(stream)) {
                good(producer, topics, window(0));
                feed(producer, topics, BrokenRecords.ofWindows(topics, NOW), BadInputIT::window);
            }

            collect(stream);
            assertThat(reasons()).contains(Reason.NON_FINITE, Reason.WRONG_SHAPE, Reason.UNKNOWN_ENCODING);
        }
    }

    private RunningStream stream(String prefix, String shape) throws Exception {
        PipelineSettings created = broker.another(prefix);
        Map<String, String> given = new HashMap<>();
        given.put("pipeline.topic.prefix", prefix);
        given.put("pipeline.frame.shape", shape);
        given.put("pipeline.blob.store", "file:" + directory.resolve("blobs"));
        given.put("kafka.bootstrap.servers", created.kafka().get("bootstrap.servers"));
        given.put("stream.state.dir", directory.resolve("stream").toString());
        given.put("stream.label.wait.ms", "5000");
        return new RunningStream(given);
    }

    /** Sends a good frame before each broken record, and one of every source after the last. */
    private void feed(KafkaProducer<byte[], byte[]> producer, Topics topics, List<BrokenRecord> broken, GoodFrame next)
            throws Exception {
        int sequence = 1;
        for (BrokenRecord record : broken) {
            good(producer, topics, next.at(sequence++));
            letters.sent(
                    record, send(producer, new ProducerRecord<>(record.topic().name(), record.key(), record.value())));
        }
        for (int i = 0; i < SOURCES.size(); i++) {
            good(producer, topics, next.at(sequence++));
        }
    }

    /** Makes a good frame by its number. */
    private interface GoodFrame {
        Frame at(int sequence);
    }

    /** Reads until everything has ended, and a little longer; then each broken record is where it must be, once. */
    private void collect(RunningStream stream) throws Exception {
        Topics topics = stream.pipeline().topics();
        List<String> names = List.of(
                topics.acceptedFrames().name(),
                topics.deadLettersOf(topics.frames()),
                topics.deadLettersOf(topics.labels()),
                topics.deadLettersOf(topics.predictions()));
        try (TopicReader reader = new TopicReader(stream.pipeline(), names)) {
            await(() -> {
                assertThat(stream.failure()).isNull();
                take(reader, topics);
                return accepted.size() >= good.size()
                        && letters.count() >= letters.sent().size();
            });
            take(reader, topics); // what should not be there
        }
        assertThat(letters.mistakes()).isEmpty();
        assertThat(accepted).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(good);
        assertThat(counted(stream)).isEqualTo(expected());
        assertThat(stream.get("/metrics").body())
                .contains("stream_records_total{result=\"accepted\",topic=\""
                        + topics.frames().name() + "\"} " + good.size() + ".0");
        assertThat(stream.get("/livez").statusCode()).isEqualTo(200);
        assertThat(stream.get("/readyz").statusCode()).isEqualTo(200);
    }

    private void take(TopicReader reader, Topics topics) {
        reader.poll(Duration.ofMillis(200)).forEach(record -> {
            if (record.topic().equals(topics.acceptedFrames().name())) {
                accepted.add(TopicReader.decode(topics.acceptedFrames(), record)
                        .orElseThrow()
                        .getFrameId());
            } else {
                letters.found(record);
            }
        });
    }

    private Set<Reason> reasons() {
        return letters.sent().stream().map(BrokenRecord::reason).collect(Collectors.toSet());
    }

    private Map<String, Integer> expected() {
        Map<String, Integer> expected = new TreeMap<>();
        letters.sent().forEach(one -> expected.merge(one.topic().name() + " " + one.reason(), 1, Integer::sum));
        return expected;
    }

    /** The series of {@code stream.dead.letters} that are not 0, as the port shows them. */
    private static Map<String, Integer> counted(RunningStream stream) throws Exception {
        Map<String, Integer> counted = new TreeMap<>();
        Matcher series = DEAD_LETTERS.matcher(stream.get("/metrics").body());
        while (series.find()) {
            counted.put(series.group(2) + " " + series.group(1), (int) Double.parseDouble(series.group(3)));
        }
        assertThat(counted).as("every series is there from the start").hasSizeGreaterThan(Reason.values().length);
        counted.values().removeIf(count -> count == 0);
        return counted;
    }

    private static KafkaProducer<byte[], byte[]> producer(RunningStream stream) {
        return new KafkaProducer<>(
                stream.pipeline().kafkaWith(Map.of()), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void good(KafkaProducer<byte[], byte[]> producer, Topics topics, Frame frame) throws Exception {
        byte[] key = frame.getSourceId().getBytes(UTF_8);
        byte[] value = BrokenRecords.bytes(topics.frames(), frame);
        RecordMetadata unused =
                send(producer, new ProducerRecord<>(topics.frames().name(), key, value));
        good.add(frame.getFrameId());
    }

    private static ProducerRecord<byte[], byte[]> labelRecord(Topics topics, LabelEvent label) {
        byte[] key = label.getFrameId().getBytes(UTF_8);
        return new ProducerRecord<>(topics.labels().name(), key, BrokenRecords.bytes(topics.labels(), label));
    }

    private static BrokenRecord retraction(Topics topics, LabelEvent label) {
        ProducerRecord<byte[], byte[]> sent = labelRecord(topics, label);
        return new BrokenRecord(
                "label taken back that nobody gave",
                topics.labels(),
                sent.key(),
                sent.value(),
                Reason.NOTHING_TO_RETRACT);
    }

    private static RecordMetadata send(KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record)
            throws Exception {
        return producer.send(record).get();
    }

    private static Frame image(int sequence) {
        byte[] pixels = new byte[784];
        pixels[sequence] = 1;
        return frame(sequence, Encoding.RAW_U8, BrokenRecords.IMAGE, ByteBuffer.wrap(pixels));
    }

    private static Frame window(int sequence) {
        ByteBuffer data = ByteBuffer.allocate(2 * 64 * Float.BYTES);
        data.put(0, (byte) sequence);
        return frame(sequence, Encoding.F32_LE, BrokenRecords.WINDOW, data);
    }

    private static Frame frame(int sequence, Encoding encoding, List<Integer> shape, ByteBuffer data) {
        return Frame.newBuilder()
                .setFrameId("good-" + sequence)
                .setSourceId(SOURCES.get(sequence % SOURCES.size()))
                .setCapturedAt(NOW.plusMillis(sequence))
                .setEncoding(encoding)
                .setShape(shape)
                .setData(data)
                .build();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
        }
    }
}
