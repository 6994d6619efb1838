package io.millrace.quickstart.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.TestPipeline;
import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.data.ImageSet;
import io.millrace.quickstart.data.StreamPlan;
import io.millrace.quickstart.feed.LabelPlan.Due;
import io.millrace.quickstart.feed.LabelPlan.Habits;
import io.millrace.quickstart.feed.Labeler.Kind;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.Disposition;
import io.millrace.record.Frame;
import io.millrace.record.LabelEvent;
import io.millrace.record.LabelRequest;
import io.millrace.record.LedgerRow;
import io.millrace.record.OffsetRange;
import io.millrace.record.RequestReason;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.loop.Background;
import io.millrace.schemas.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeedAndLabelerIT {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.parse("2026-11-22T10:00:00Z"));
    private static final Habits HABITS = new Habits(0.2, 50, 0.3, 20, 2);

    @TempDir
    static Path directory;

    private static TestPipeline pipeline;
    private static ImageSet images;

    @BeforeAll
    static void start() throws Exception {
        pipeline = new TestPipeline(directory);
        images = FashionData.bundled().training();
    }

    @AfterAll
    static void stop() {
        pipeline.close();
    }

    @Test
    void shouldPublishEachFrameOnceWhenStartedAgain() throws Exception {
        PipelineSettings settings = pipeline.another("feed.");
        feed(settings, 200, new Pace.Fixed(100_000));

        feed(settings, 500, new Pace.Fixed(100_000));
        feed(settings, 500, new Pace.Fixed(100_000));

        List<Frame> frames = read(settings, settings.topics().frames());
        FrameStream stream = new FrameStream(images, StreamPlan.of(7, 500));
        assertThat(frames).hasSize(500).doesNotHaveDuplicates();
        Instant start = CLOCK.instant().minusSeconds(2); // 200 frames of the first run
        assertThat(frames)
                .allMatch(frame -> frame.equals(
                        stream.frame(stream.sequenceOf(frame.getFrameId()).getAsLong(), start)));
    }

    @Test
    void shouldStayAheadByNoMoreThanAskedWhenTheTrainerIsSlow() throws Exception {
        PipelineSettings settings = pipeline.another("slow.");
        FrameStream stream = new FrameStream(images, StreamPlan.of(7, 300));
        FrameFeed feed = new FrameFeed(settings, stream, new Pace.AsFastAsConsumed(100), CLOCK);

        try (Background running = Background.start(feed, "feed", FeedAndLabelerIT::fail)) {
            await(() -> count(settings) == 100);
            settle(settings, 60);
            await(() -> count(settings) == 160);
            settle(settings, 140);
            await(() -> !running.isRunning());
        }

        assertThat(feed.isDone()).isTrue();
        assertThat(count(settings)).isEqualTo(300);
    }

    @Test
    void shouldPostWhatIsPlannedOnceWhenStoppedInBetween() throws Exception {
        PipelineSettings settings = pipeline.another("label.");
        feed(settings, 300, new Pace.Fixed(100_000));
        label(settings, 400, Kind.RANDOM);
        feed(settings, 400, new Pace.Fixed(100_000));

        label(settings, 400, Kind.RANDOM);

        FrameStream stream = new FrameStream(images, StreamPlan.of(7, 400));
        LabelPlan plan = new LabelPlan(stream, HABITS, 10);
        List<String> expected = new ArrayList<>();
        Instant start = CLOCK.instant().minusSeconds(3);
        for (long i = 0; i < 400; i++) {
            for (Due due : plan.dueAt(i)) {
                expected.add(stream.frameId(due.sequence()) + " " + due.action() + " "
                        + settings.classes().get(due.classIndex()) + " " + start.plusMillis(10 * i));
            }
        }
        List<LabelEvent> labels = read(settings, settings.topics().labels());
        assertThat(labels)
                .extracting(label -> label.getFrameId() + " " + label.getAction() + " " + label.getLabel() + " "
                        + label.getLabeledAt())
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(expected).hasSizeGreaterThan(80);
    }

    @Test
    void shouldAnswerEachRequestOnceWithTheTruthWhenStoppedInBetween() throws Exception {
        PipelineSettings settings = pipeline.another("asked.");
        FrameStream stream = new FrameStream(images, StreamPlan.of(7, 400));
        feed(settings, 300, new Pace.Fixed(100_000));
        ask(settings, stream.frameId(200), stream.frameId(270), stream.frameId(40), "of-another-stream");
        label(settings, 400, Kind.ACTIVE);
        feed(settings, 400, new Pace.Fixed(100_000));
        label(settings, 400, Kind.ACTIVE);

        List<LabelEvent> labels = read(settings, settings.topics().labels());
        Instant start = CLOCK.instant().minusSeconds(3);
        assertThat(labels)
                .filteredOn(label -> label.getLabeledAt().isAfter(start.plusMillis(10 * 20)))
                .extracting(label -> label.getFrameId() + " " + label.getAction() + " " + label.getLabel() + " "
                        + label.getLabeledAt())
                .containsExactlyInAnyOrder(
                        answer(settings, stream, 200, start.plusMillis(10 * 250)),
                        answer(settings, stream, 270, start.plusMillis(10 * 320)),
                        answer(settings, stream, 40, start.plusMillis(10 * 320))); // its turn came behind 270
        assertThat(labels).hasSizeGreaterThanOrEqualTo(20 + 3); // two of each class at the start
    }

    private static String answer(PipelineSettings settings, FrameStream stream, int sequence, Instant at) {
        return stream.frameId(sequence) + " ASSIGN " + settings.classes().get(stream.label(sequence)) + " " + at;
    }

    /** Asks for labels, all in one partition and in this order. */
    private static void ask(PipelineSettings settings, String... frameIds) throws Exception {
        Topic<LabelRequest> requests = settings.topics().labelRequests();
        try (KafkaProducer<String, LabelRequest> producer = new KafkaProducer<>(
                settings.kafkaWith(Map.of()),
                new StringSerializer(),
                requests.values().serializer())) {
            for (String frameId : frameIds) {
                LabelRequest request =
                        new LabelRequest(frameId, "camera-1", RequestReason.NOVEL, 0.5f, "1-abc", CLOCK.instant());
                producer.send(new ProducerRecord<>(requests.name(), 0, frameId, request))
                        .get();
            }
        }
    }

    private static void feed(PipelineSettings settings, int limit, Pace pace) throws InterruptedException {
        try (FrameFeed feed = new FrameFeed(settings, new FrameStream(images, StreamPlan.of(7, limit)), pace, CLOCK)) {
            feed.run();
            assertThat(feed.isDone()).isTrue();
        }
    }

    /** Labels until everything that is there was seen. */
    private static void label(PipelineSettings settings, int limit, Kind kind) throws InterruptedException {
        FrameStream stream = new FrameStream(images, StreamPlan.of(7, limit));
        Labeler labeler = new Labeler(settings, stream, HABITS, kind);
        long there = count(settings);
        try (Background running = Background.start(labeler, "labeler", FeedAndLabelerIT::fail)) {
            await(() -> labeler.seen() == there);
        }
        assertThat(labeler.isDone()).isEqualTo(there == limit);
    }

    private static void settle(PipelineSettings settings, long records) throws Exception {
        Topic<LedgerRow> ledger = settings.topics().trainingLedger();
        LedgerRow row = LedgerRow.newBuilder()
                .setPipeline("slow.")
                .setFirstStep(1L)
                .setLastStep(1L)
                .setRanges(List.of(
                        new OffsetRange(
                                settings.topics().acceptedFrames().name(), 0, 0L, 500L, Disposition.TRAINED, records),
                        new OffsetRange(settings.topics().labeledFrames().name(), 0, 0L, 9L, Disposition.TRAINED, 10L)))
                .setCheckpointSha256("0".repeat(64))
                .setParentHash("")
                .setCommittedAt(CLOCK.instant())
                .build();
        try (KafkaProducer<String, LedgerRow> producer = new KafkaProducer<>(
                settings.kafkaWith(Map.of()),
                new StringSerializer(),
                ledger.values().serializer())) {
            producer.send(new ProducerRecord<>(ledger.name(), "slow.", row)).get();
        }
    }

    private static long count(PipelineSettings settings) {
        try (TopicReader reader =
                new TopicReader(settings, List.of(settings.topics().frames().name()))) {
            return reader.size();
        }
    }

    private static <V extends SpecificRecord> List<V> read(PipelineSettings settings, Topic<V> topic) {
        List<V> values = new ArrayList<>();
        try (TopicReader reader = new TopicReader(settings, List.of(topic.name()))) {
            do {
                reader.poll(Duration.ofMillis(100))
                        .forEach(record ->
                                values.add(TopicReader.decode(topic, record).orElseThrow()));
            } while (!reader.isAtEnd());
        }
        return values;
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    private static void fail(Throwable cause) {
        throw new AssertionError(cause);
    }
}
