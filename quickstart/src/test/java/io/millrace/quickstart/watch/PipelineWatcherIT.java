package io.millrace.quickstart.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.TestPipeline;
import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.data.StreamPlan;
import io.millrace.quickstart.watch.Accuracy.Share;
import io.millrace.quickstart.watch.RunSnapshot.Frames;
import io.millrace.quickstart.watch.RunSnapshot.Labels;
import io.millrace.record.Disposition;
import io.millrace.record.EventKind;
import io.millrace.record.Frame;
import io.millrace.record.FrameReference;
import io.millrace.record.LabelAction;
import io.millrace.record.LabelEvent;
import io.millrace.record.LabeledFrame;
import io.millrace.record.LedgerRow;
import io.millrace.record.ModelAlias;
import io.millrace.record.ModelEvent;
import io.millrace.record.OffsetRange;
import io.millrace.record.Outcome;
import io.millrace.record.Prediction;
import io.millrace.record.Verdict;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.loop.Background;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.Reason;
import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineWatcherIT {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final String CHAMPION = "0000000064-0123456789ab";

    @TempDir
    Path directory;

    @Test
    void shouldCountWhatTheTopicsSayWhenRecordsArePublished() throws Exception {
        try (TestPipeline pipeline = new TestPipeline(directory)) {
            PipelineSettings settings = pipeline.settings();
            publish(settings);
            PipelineWatcher watcher = new PipelineWatcher(settings);

            RunSnapshot run;
            try (Background watching = Background.start(watcher, "watcher", failure -> {})) {
                await(watcher, watching);
                run = watcher.statistics().snapshot();
            }

            assertThat(run.frames()).isEqualTo(new Frames(4, 3, 1, 3, 2, 1, 0, 0));
            assertThat(run.frames().areSettled()).isTrue();
            assertThat(run.labels()).isEqualTo(new Labels(4, 2, 1, 0, 1, 0));
            assertThat(run.labels().areSettled()).isTrue();
            assertThat(run.deadLetters())
                    .containsOnly(Map.entry("frames NOT_AVRO", 1L), Map.entry("labels UNKNOWN_FRAME", 1L));
            assertThat(run.versions().rejected()).isEqualTo(1);
            assertThat(run.versions().champion()).isEqualTo(CHAMPION);
            assertThat(run.accuracy().all()).isEqualTo(new Share(1, 2));
            assertThat(run.accuracy().perClass())
                    .containsEntry(3, new Share(1, 1))
                    .containsEntry(4, new Share(0, 1));
            assertThat(run.training().pseudoLabelPrecision()).isEqualTo(0.9);
            assertThat(run.training().step()).isEqualTo(128);
            assertThat(run.latency().p50()).isBetween(240.0, 265.0);
        }
    }

    private static void publish(PipelineSettings settings) throws Exception {
        Topics topics = settings.topics();
        FrameStream stream = new FrameStream(FashionData.bundled().training(), StreamPlan.of(7, 10));
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(settings.kafkaWith(Map.of()), new StringSerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < 3; i++) {
                Frame frame = stream.frame(i, NOW);
                sendAt(producer, topics.frames(), frame, NOW.toEpochMilli());
                send(producer, topics.acceptedFrames(), frame);
                send(producer, topics.predictions(), prediction(frame, null));
            }
            send(producer, topics.predictions(), prediction(stream.frame(0, NOW), CHAMPION));
            producer.send(new ProducerRecord<>(topics.frames().name(), "key", new byte[] {1, 2, 3}))
                    .get();
            deadLetter(producer, topics.deadLettersOf(topics.frames()), Reason.NOT_AVRO);
            publishLabels(producer, topics, stream);
            publishModels(producer, topics);
        }
    }

    private static void publishLabels(KafkaProducer<String, byte[]> producer, Topics topics, FrameStream stream)
            throws Exception {
        for (int i = 0; i < 4; i++) {
            send(producer, topics.labels(), new LabelEvent(stream.frameId(i), LabelAction.ASSIGN, "Bag", "me", NOW));
        }
        deadLetter(producer, topics.deadLettersOf(topics.labels()), Reason.UNKNOWN_FRAME);
        FrameReference reference = new FrameReference(topics.acceptedFrames().name(), 0, 0L);
        for (int i = 0; i < 3; i++) {
            LabelAction action = i == 2 ? LabelAction.CORRECT : LabelAction.ASSIGN;
            LabeledFrame labeled =
                    new LabeledFrame(stream.frameId(i), "camera-1", action, 3, "Dress", 0, "me", NOW, NOW, reference);
            send(producer, topics.labeledFrames(), labeled);
        }
        send(producer, topics.outcomes(), outcome("a", 3, 3, 0));
        send(producer, topics.outcomes(), outcome("b", 3, 3, 0));
        send(producer, topics.outcomes(), outcome("b", 3, 4, 1));
    }

    private static void publishModels(KafkaProducer<String, byte[]> producer, Topics topics) throws Exception {
        send(producer, topics.modelAliases(), new ModelAlias("champion", CHAMPION, null, "the first", NOW));
        send(producer, topics.modelAliases(), new ModelAlias("candidate", "other", null, "to be tried", NOW));
        send(producer, topics.events(), new ModelEvent("test.", EventKind.KEPT, 64L, "no better", Map.of(), NOW, ""));
        Map<String, Double> numbers =
                Map.of("maskRate", 0.5, "pseudoLabelsAudited", 10.0, "pseudoLabelsRight", 9.0, "stepsPerSecond", 3.0);
        send(producer, topics.events(), new ModelEvent("test.", EventKind.GATE, 128L, "gate", numbers, NOW, ""));
        String accepted = topics.acceptedFrames().name();
        List<OffsetRange> ranges = List.of(
                new OffsetRange(accepted, 0, 0L, 9L, Disposition.TRAINED, 2L),
                new OffsetRange(accepted, 0, 10L, 10L, Disposition.HOLDOUT, 1L),
                new OffsetRange(topics.labeledFrames().name(), 0, 0L, 9L, Disposition.TRAINED, 7L));
        send(producer, topics.trainingLedger(), new LedgerRow("test.", 1L, 64L, ranges, "0".repeat(64), null, "", NOW));
    }

    private static Prediction prediction(Frame frame, String supersedes) {
        return Prediction.newBuilder()
                .setFrameId(frame.getFrameId())
                .setSourceId(frame.getSourceId())
                .setCapturedAt(NOW)
                .setPredictedAt(NOW.plusMillis(250))
                .setClassIndex(3)
                .setLabel("Dress")
                .setConfidence(0.9f)
                .setProbabilities(List.of(0.1f, 0.9f))
                .setModelVersion(CHAMPION)
                .setVerdict(Verdict.CONFIDENT)
                .setSupersedes(supersedes)
                .build();
    }

    private static Outcome outcome(String frameId, int predicted, int label, int revision) {
        return new Outcome(
                frameId, "camera-1", CHAMPION, predicted, label, predicted == label, 0.9f, revision, NOW, NOW, NOW);
    }

    private static <V extends SpecificRecord> void send(KafkaProducer<String, byte[]> producer, Topic<V> topic, V value)
            throws Exception {
        sendAt(producer, topic, value, NOW.toEpochMilli());
    }

    private static <V extends SpecificRecord> void sendAt(
            KafkaProducer<String, byte[]> producer, Topic<V> topic, V value, long at) throws Exception {
        byte[] bytes = topic.values().serializer().serialize(topic.name(), value);
        producer.send(new ProducerRecord<>(topic.name(), null, at, "key", bytes))
                .get();
    }

    private static void deadLetter(KafkaProducer<String, byte[]> producer, String topic, Reason reason)
            throws Exception {
        List<Header> headers = new DeadLetter(reason, "detail", "topic", 0, 0).headers();
        producer.send(new ProducerRecord<>(topic, null, "key", new byte[] {1}, headers))
                .get();
    }

    private static void await(PipelineWatcher watcher, Background watching) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!watcher.isUpToDate()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            assertThat(watching.isRunning()).isTrue();
            Thread.sleep(20);
        }
    }
}
