package io.millrace.quickstart.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import io.millrace.quickstart.ObservedCommand;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.record.Encoding;
import io.millrace.record.Frame;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.schemas.TraceContext;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.LoggerFactory;

/**
 * A small demo that is looked at while it runs: it promotes, learns from pseudo-labels that meet their labels, and among
 * its frames are one that is traced and some that are broken.
 */
final class ObservedDemo implements AutoCloseable {
    static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final int FRAMES = 900;
    private static final int BROKEN = 20;
    private static final byte[] SOURCE = "traced-camera".getBytes(StandardCharsets.UTF_8);
    private static final Map<String, String> QUICK = Map.of(
            "trainer.network.width", "8",
            "trainer.threads", "1",
            "trainer.batch.labeled", "16",
            "trainer.batch.unlabeled", "16",
            "trainer.unlabeled.warm.start.steps", "20",
            "trainer.unlabeled.ramp.steps", "20",
            "trainer.commit.interval.steps", "16",
            "trainer.version.interval.steps", "32",
            "trainer.gate.relative.threshold", "0.1",
            "trainer.gate.threshold.floor", "0.1");

    private final Path directory;
    private final int port = freePort();
    private final int brokerPort = freePort();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, String> seen = new ConcurrentHashMap<>();
    private volatile String scrape = "";

    ObservedDemo(Path directory) throws IOException {
        this.directory = directory;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Port of metrics and health. */
    int port() {
        return port;
    }

    /** What the process showed last while all of its parts were at work. */
    String scrape() {
        return scrape;
    }

    /** The trace of what became of the traced records, by topic without its prefix. */
    Map<String, String> traces() {
        return Map.copyOf(seen);
    }

    /** Runs to the end. */
    void run() throws Exception {
        List<String> arguments = new ArrayList<>(List.of("demo", "--headless", "--dir", directory.toString()));
        arguments.addAll(List.of("--frames", Integer.toString(FRAMES), "--rate", "60"));
        arguments.addAll(List.of("--labels", "0.2", "--label-delay", "60"));
        arguments.addAll(List.of("--port", Integer.toString(brokerPort), "--http-port", Integer.toString(port)));
        QUICK.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        CompletableFuture<Integer> ended = CompletableFuture.supplyAsync(() -> ObservedCommand.execute(arguments));
        while (!ended.isDone() && !get("/readyz").startsWith("200")) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        plant();
        CompletableFuture<Void> followed = CompletableFuture.runAsync(this::follow);
        while (!ended.isDone()) {
            String now = get("/metrics");
            if (now.contains("\ntrainer_committed_step ")
                    && now.contains("\nkafka_stream_task_dropped_records_total")) {
                scrape = now.substring(now.indexOf('\n') + 1);
            }
            TimeUnit.MILLISECONDS.sleep(500);
        }
        assertThat(ended.get()).isZero();
        followed.get(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws Exception {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset(); // a demo sends the log of its process to a file
        new ContextInitializer(context).autoConfig();
    }

    private void plant() throws Exception {
        PipelineSettings pipeline = pipeline();
        String topic = pipeline.topics().frames().name();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                pipeline.kafkaWith(Map.of()), new ByteArraySerializer(), new ByteArraySerializer())) {
            Headers trace = TraceContext.of(TRACE, "").headers();
            byte[] frame = pipeline.topics().frames().values().serializer().serialize(topic, frame());
            producer.send(new ProducerRecord<>(topic, null, SOURCE, frame, trace))
                    .get();
            for (int i = 0; i < BROKEN; i++) {
                producer.send(new ProducerRecord<>(topic, null, SOURCE, new byte[] {(byte) i}, trace))
                        .get();
            }
        }
    }

    private static Frame frame() {
        return Frame.newBuilder()
                .setFrameId("traced")
                .setSourceId("traced-camera")
                .setCapturedAt(Instant.now()
                        .minus(FrameStream.INTERVAL.multipliedBy(FRAMES))
                        .truncatedTo(ChronoUnit.MILLIS))
                .setEncoding(Encoding.RAW_U8)
                .setShape(List.of(1, 28, 28))
                .setData(ByteBuffer.wrap(new byte[28 * 28]))
                .build();
    }

    /** Looks for what becomes of the traced records until all of it is found. */
    private void follow() {
        PipelineSettings pipeline = pipeline();
        String prefix = pipeline.topicPrefix();
        List<String> topics = List.of(prefix + "accepted-frames", prefix + "predictions", prefix + "dlq.frames");
        Map<String, Object> config =
                pipeline.kafkaWith(Map.of("group.id", "follower", "auto.offset.reset", "earliest"));
        Instant deadline = Instant.now().plusSeconds(60);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(topics);
            while (seen.size() < topics.size() && Instant.now().isBefore(deadline)) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    if (Arrays.equals(record.key(), SOURCE)) {
                        String trace = TraceContext.of(record.headers()).parent();
                        seen.put(record.topic().substring(prefix.length()), trace);
                    }
                }
            }
        }
    }

    private PipelineSettings pipeline() {
        Map<String, String> given = new HashMap<>();
        given.put("kafka.bootstrap.servers", "127.0.0.1:" + brokerPort);
        return PipelineSettings.from(
                Settings.of(PipelineSettings.declareIn(new ConfigDef()), Set.of(), List.of(given)));
    }

    private String get(String path) throws InterruptedException {
        try {
            URI address = URI.create("http://127.0.0.1:" + port + path);
            var answer = http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
            return answer.statusCode() + "\n" + answer.body();
        } catch (IOException e) {
            return ""; // not listening yet, or not any more
        }
    }
}
