package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.data.StreamPlan;
import io.millrace.record.Frame;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pipeline that has run is given more partitions, and forgets nothing. */
class GrowIT {
    private static final Instant START = Instant.now().minusSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path directory;

    private Arrivals arrivals;

    private TestPipeline broker;
    private FrameStream stream;
    private KafkaProducer<String, Frame> producer;

    @BeforeEach
    void start() throws Exception {
        stream = new FrameStream(FashionData.bundled().training(), StreamPlan.of(7, 100));
        broker = new TestPipeline(directory.resolve("broker"));
        producer = new KafkaProducer<>(
                broker.settings().kafkaWith(Map.of("metadata.max.age.ms", 1_000)),
                new StringSerializer(),
                broker.settings().topics().frames().values().serializer());
        arrivals = new Arrivals(broker.settings());
    }

    @AfterEach
    void stop() {
        arrivals.close();
        producer.close();
        broker.close();
    }

    @Test
    void shouldKnowOldFramesAndTakeNewPartitionsWhenTopicsGrew() throws Exception {
        try (RunningStream running = new RunningStream(settings())) {
            send(0, 20, 4);
            await("20 frames", () -> arrivals.accepted.size() == 20);
            assertThat(topics(1)).contains("stop every one of them first");
            assertThat(running.failure()).isNull();
        }

        assertThat(topics(0)).contains("grew test.frames to 6", "grew test.stream-app-seen-frames-changelog");

        arrivals.close();
        arrivals = new Arrivals(broker.settings());
        try (RunningStream running = new RunningStream(settings())) {
            send(0, 20, 4); // once more, where they were
            send(20, 40, 6);
            await(
                    "40 frames and 20 refusals",
                    () -> arrivals.accepted.size() == 40 && arrivals.deadLetters.size() == 20);
            assertThat(running.failure()).isNull();
        }
        arrivals.readToEnd();
        assertThat(Arrivals.notOnce(arrivals.accepted)).isEmpty();
        assertThat(arrivals.deadLetters)
                .allMatch(letter -> new String(
                                letter.headers().lastHeader("millrace.reason").value(), StandardCharsets.UTF_8)
                        .equals("DUPLICATE_FRAME"));
    }

    @Test
    void shouldRefuseWhenAStreamAppOfTheOtherProtocolRuns() throws Exception {
        Map<String, String> settings = settings();
        settings.put("stream.group.protocol", "streams");
        try (RunningStream running = new RunningStream(settings)) {
            send(0, 20, 4);
            await("20 frames", () -> arrivals.accepted.size() == 20);

            assertThat(topics(1)).contains("stop every one of them first");
            assertThat(running.failure()).isNull();
        }
        assertThat(topics(0)).contains("grew test.frames to 6", "grew test.stream-app-seen-frames-changelog");
    }

    /** Adds partitions by the command line, and returns what it says. */
    private String topics(int expectedExit) {
        StringWriter said = new StringWriter();
        int exit = Millrace.commandLine()
                .setOut(new PrintWriter(said, true))
                .setErr(new PrintWriter(said, true))
                .execute(
                        "topics",
                        "--grow",
                        "--partitions",
                        "6",
                        "--bootstrap",
                        broker.broker().bootstrapServers(),
                        "--set",
                        "pipeline.topic.prefix=" + broker.settings().topicPrefix());
        assertThat(exit).as(said.toString()).isEqualTo(expectedExit);
        return said.toString();
    }

    private void send(long from, long to, int partitions) {
        for (long i = from; i < to; i++) {
            Frame frame = stream.frame(i, START);
            var unused = producer.send(new ProducerRecord<>(
                    broker.settings().topics().frames().name(), (int) (i % partitions), frame.getSourceId(), frame));
        }
        producer.flush();
    }

    private Map<String, String> settings() {
        return new HashMap<>(Map.of(
                "kafka.bootstrap.servers", broker.broker().bootstrapServers(),
                "pipeline.topic.prefix", broker.settings().topicPrefix(),
                "pipeline.blob.store", "file:" + directory.resolve("blobs"),
                "stream.state.dir", directory.resolve("state").toString()));
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
