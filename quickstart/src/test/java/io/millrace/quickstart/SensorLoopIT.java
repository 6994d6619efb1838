package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.record.Encoding;
import io.millrace.record.Frame;
import io.millrace.record.Prediction;
import io.millrace.trainer.TrainerWorker;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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

    private final Instant start = Instant.now().minusSeconds(60);
    private RunningLoop loop;

    @BeforeEach
    void open() throws Exception {
        loop = new RunningLoop(
                directory,
                "sensor.",
                Map.of(
                        "pipeline.classes", String.join(",", CLASSES),
                        "pipeline.frame.shape", "2,64",
                        "trainer.start.labels", Integer.toString(LABELED)));
    }

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void shouldLearnWindowsAndLoseNothingWhenTheTrainerIsStartedAgain() throws Exception {
        publish(0, HALF);
        TrainerWorker first = loop.trainer();
        loop.await(() -> loop.promoted().size() >= 2); // the untrained one and one that has learned
        checkPort();
        first.close();

        publish(HALF, 2 * HALF);
        TrainerWorker second = loop.trainer();
        loop.await(() -> loop.predictions().size() == 2 * HALF);
        second.drain();
        publish(2 * HALF, 3 * HALF);
        loop.await(() -> loop.predictions().size() == 3 * HALF);
        second.close();

        Map<String, Prediction> byFrame = loop.predictionsByFrame();
        assertThat(byFrame).as("each frame is answered once").hasSize(3 * HALF);
        assertThat(loop.read(loop.stream().pipeline().topics().acceptedFrames()))
                .hasSize(3 * HALF);
        assertThat(right(byFrame, 2 * HALF, 3 * HALF)).isGreaterThan(0.75);
        loop.checkHealth();
    }

    /** Meters of the Kafka clients, of Kafka Streams and of ours are all on the one port. */
    private void checkPort() throws Exception {
        RunningStream stream = loop.stream();
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

    private void publish(int from, int to) {
        for (int i = from; i < to; i++) {
            Frame frame = frame(i);
            loop.publish(frame);
            if (i < LABELED) {
                loop.publish(frame, CLASSES.get(i % CLASSES.size()), start);
            }
        }
        loop.flush();
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

    private static double right(Map<String, Prediction> byFrame, int from, int to) {
        int right = 0;
        for (int i = from; i < to; i++) {
            Prediction prediction = byFrame.get("window-%04d".formatted(i));
            right += prediction.getClassIndex() == i % CLASSES.size() ? 1 : 0;
        }
        return (double) right / (to - from);
    }
}
