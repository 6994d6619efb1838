package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.quickstart.PythonClient.Result;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.LabelEvent;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.SchemaPages;
import io.millrace.runtime.Settings;
import io.millrace.schemas.Topic;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.TrainerWorker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in docs/examples/python against the whole loop: it shares no code with it, only the contract. */
class PythonClientIT {
    private static final int FRAMES = 60;

    @TempDir
    private Path directory;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    @Test
    void shouldPublishFramesAndLabelsAndReadPredictions() throws Exception {
        assumeTrue(PythonClient.isInstalled(directory), "python3-confluent-kafka and python3-avro are not installed");
        try (TestPipeline broker = new TestPipeline(directory.resolve("broker"));
                RunningStream stream = new RunningStream(given(broker, "stream."))) {
            SchemaPages.serveOn(stream.endpoint(), stream.pipeline().topics());
            TrainerWorker trainer = trainer(broker, stream);
            String schemas = "http://127.0.0.1:" + stream.endpoint().port();
            String bootstrap = broker.broker().bootstrapServers();
            PythonClient client = new PythonClient(
                    directory, List.of("--bootstrap", bootstrap, "--schemas", schemas, "--prefix", "test."));

            Result published = client.publish(FRAMES, 3);
            assertThat(published.exit()).isZero();
            Result read = client.predictions(FRAMES);
            trainer.close();

            assertThat(published.output()).contains("published 60 frames and 20 labels");
            assertThat(read.exit()).as(read.output()).isZero();
            Set<String> answered = new HashSet<>();
            read.output().lines().forEach(line -> answered.add(line.split("\t")[0]));
            assertThat(answered).as("each frame is answered once").hasSize(FRAMES);
            assertThat(labels(broker)).hasSize(20).allSatisfy(label -> {
                assertThat(answered).contains(label.getFrameId());
                assertThat(broker.settings().classes()).contains(label.getLabel());
            });
            assertThat(stream.get("/metrics").body())
                    .contains("stream_records_total{result=\"accepted\",topic=\"test.frames\"} 60.0");
            assertThat(comes(stream, "stream_records_total{result=\"joined\",topic=\"test.labels\"} 20.0"))
                    .isTrue();
            assertThat(failure.get()).isNull();
        }
    }

    /** A label may be joined a moment after its frame was answered. */
    private static boolean comes(RunningStream stream, String metric) throws IOException, InterruptedException {
        boolean there = stream.get("/metrics").body().contains(metric);
        for (int tries = 0; !there && tries < 200; tries++) {
            TimeUnit.MILLISECONDS.sleep(100);
            there = stream.get("/metrics").body().contains(metric);
        }
        return there;
    }

    private TrainerWorker trainer(TestPipeline broker, RunningStream stream) {
        Settings settings = Settings.of(TrainerSettings.declare(), Set.of(), List.of(given(broker, "trainer.")));
        TrainerWorker trainer = new TrainerWorker(
                PipelineSettings.from(settings), TrainerSettings.from(settings), stream.endpoint(), failure::set);
        trainer.start();
        return trainer;
    }

    private Map<String, String> given(TestPipeline broker, String section) {
        Map<String, String> given = new HashMap<>();
        given.put("pipeline.topic.prefix", "test.");
        given.put("pipeline.blob.store", "file:" + directory.resolve("blobs"));
        given.put("kafka.bootstrap.servers", broker.broker().bootstrapServers());
        given.put("stream.state.dir", directory.resolve("stream").toString());
        given.put("trainer.threads", "1");
        given.put("trainer.network.width", "8");
        given.keySet().removeIf(key -> key.matches("(stream|trainer)[.].*") && !key.startsWith(section));
        return given;
    }

    private static List<LabelEvent> labels(TestPipeline broker) {
        List<LabelEvent> labels = new ArrayList<>();
        Topic<LabelEvent> topic = broker.settings().topics().labels();
        try (TopicReader reader = new TopicReader(broker.settings(), List.of(topic.name()))) {
            do {
                reader.poll(Duration.ofMillis(100))
                        .forEach(record ->
                                labels.add(TopicReader.decode(topic, record).orElseThrow()));
            } while (!reader.isAtEnd());
        }
        return labels;
    }
}
