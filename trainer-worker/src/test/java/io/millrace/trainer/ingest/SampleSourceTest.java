package io.millrace.trainer.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.record.Disposition;
import io.millrace.record.Encoding;
import io.millrace.record.Frame;
import io.millrace.record.FrameReference;
import io.millrace.record.LabelAction;
import io.millrace.record.LabeledFrame;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.runtime.blob.BlobStore;
import io.millrace.runtime.blob.FileBlobStore;
import io.millrace.schemas.Decoding;
import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
import io.millrace.trainer.batch.Sample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleSourceTest {
    private static final PipelineSettings PIPELINE = PipelineSettings.from(Settings.of(
            PipelineSettings.declareIn(new ConfigDef()),
            Set.of(),
            List.of(Map.of("pipeline.frame.shape", "1,1,2", "pipeline.classes", "a,b"))));
    private static final Topics TOPICS = PIPELINE.topics();
    private static final String FRAMES = TOPICS.acceptedFrames().name();
    private static final String LABELS = TOPICS.labeledFrames().name();

    @TempDir
    private Path directory;

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final MockConsumer<byte[], byte[]> readBack = new MockConsumer<>("none");
    private final AtomicLong millis = new AtomicLong();
    private final Map<TopicPartition, Long> nextOffsets = new HashMap<>();
    private BlobStore blobs;
    private SampleDecoder decoder;
    private FrameReader reader;
    private SampleSource source;

    @BeforeEach
    void setUp() throws IOException {
        blobs = new FileBlobStore(directory);
        havePartitions(FRAMES, 2);
        havePartitions(LABELS, 1);
        for (TopicPartition partition : partitions()) {
            consumer.updateBeginningOffsets(Map.of(partition, 0L));
            consumer.updateEndOffsets(Map.of(partition, 0L));
        }
        decoder = new SampleDecoder(PIPELINE, blobs);
        reader = new FrameReader(readBack, decoder, () -> Instant.ofEpochMilli(millis.get()));
        source = newSource(1_000);
    }

    @Test
    void shouldMergePartitionsByEventTime() {
        source.start(Map.of(), List.of());
        frame(0, 10);
        frame(0, 30);
        frame(1, 20);
        frame(1, 40);

        Intake intake = source.next(3, () -> false);

        assertThat(intake.frames())
                .extracting(frame -> Objects.requireNonNull(frame.sample()).frameId())
                .containsExactly("f-0-10", "f-1-20", "f-0-30");
        assertThat(source.positions())
                .containsEntry(new TopicPartition(FRAMES, 0), 2L)
                .containsEntry(new TopicPartition(FRAMES, 1), 1L);
    }

    @Test
    void shouldWaitForASilentPartitionUntilItHasBeenQuietLongEnough() {
        source.start(Map.of(), List.of());
        frame(0, 10);
        AtomicLong polls = new AtomicLong();

        Intake intake = source.next(1, () -> {
            millis.addAndGet(500);
            return polls.incrementAndGet() > 100;
        });

        assertThat(intake.frames()).hasSize(1);
        assertThat(polls.get()).isBetween(4L, 8L); // 2,000 ms of quiet at 500 ms a look
    }

    @Test
    void shouldPutFramesBackWhenStoppedBeforeAStepIsFull() {
        source.start(Map.of(), List.of());
        frame(0, 10);
        frame(1, 20);
        AtomicLong looks = new AtomicLong();

        Intake intake = source.next(3, () -> looks.incrementAndGet() > 3);

        assertThat(intake.frames()).isEmpty();
        assertThat(source.positions())
                .containsEntry(new TopicPartition(FRAMES, 0), 0L)
                .containsEntry(new TopicPartition(FRAMES, 1), 0L);
        frame(0, 30);
        frame(1, 40);
        assertThat(source.next(2, () -> false).frames())
                .extracting(frame -> Objects.requireNonNull(frame.sample()).frameId())
                .containsExactly("f-0-10", "f-1-20");
    }

    @Test
    void shouldReleaseALabelWithTheFirstFramesThatAreAsLate() {
        source.start(Map.of(), List.of());
        label("late", 35);
        label("early", 15);
        frame(0, 10);
        frame(0, 20);
        frame(0, 40);
        frame(1, 11);
        frame(1, 21);
        frame(1, 41);

        assertThat(source.next(2, () -> false).labels()).isEmpty();
        assertThat(source.next(2, () -> false).labels())
                .extracting(received -> received.label().getFrameId())
                .containsExactly("early");
        assertThat(source.waitingLabels())
                .extracting(received -> received.label().getFrameId())
                .containsExactly("late");
        assertThat(source.next(1, () -> false).labels()).hasSize(1);
    }

    @Test
    void shouldCountALabelThatComesAfterFramesLaterThanItself() {
        source.start(Map.of(), List.of());
        frame(0, 10);
        frame(0, 20);
        frame(0, 40);
        frame(1, 11);
        frame(1, 21);
        frame(1, 41);
        label("in time", 11);
        assertThat(source.next(4, () -> false).lateLabels()).isZero();

        label("late", 15);
        label("in time, too", 30);

        Intake intake = source.next(1, () -> false);
        assertThat(intake.labels()).hasSize(2);
        assertThat(intake.lateLabels()).isEqualTo(1);
    }

    @Test
    void shouldGiveEverythingThatIsLeftWhenTheEndIsReached() {
        source.start(Map.of(), List.of());
        frame(0, 10);
        label("future", 99);
        source.endHere();

        Intake intake = source.next(3, () -> false);

        assertThat(intake.drained()).isTrue();
        assertThat(intake.frames()).hasSize(1);
        assertThat(intake.labels()).hasSize(1);
    }

    @Test
    void shouldShedUntilHalfOfTheBacklogIsLeftAndCountEveryFrame() {
        source = newSource(10);
        source.start(Map.of(), List.of());
        for (int i = 0; i < 8; i++) {
            frame(0, 10 * i);
            frame(1, 10 * i + 5);
        }
        source.endHere();

        Intake intake = source.next(2, () -> false);

        assertThat(intake.frames().stream().filter(frame -> frame.disposition() == Disposition.SHED))
                .hasSize(11);
        assertThat(intake.frames().stream().filter(frame -> frame.disposition() == Disposition.TRAINED))
                .hasSize(2);
    }

    @Test
    void shouldGoOnWhereACheckpointEnded() {
        frame(0, 10);
        frame(0, 20);
        frame(0, 30);
        frame(1, 25);
        source.start(Map.of(new TopicPartition(FRAMES, 0), 1L), List.of());

        assertThat(source.next(2, () -> false).frames())
                .extracting(frame -> Objects.requireNonNull(frame.sample()).frameId())
                .containsExactly("f-0-20", "f-1-25");
    }

    @Test
    void shouldTakeUpAPartitionThatWasAddedAndLeaveTheOthersWhereTheyAre() {
        source.start(Map.of(), List.of());
        frame(0, 10);
        frame(1, 20);
        frame(0, 40);
        frame(1, 50);
        source.next(2, () -> false);
        source.takeUpNewPartitions(); // none
        TopicPartition added = new TopicPartition(FRAMES, 2);
        havePartitions(FRAMES, 3);
        consumer.updateBeginningOffsets(Map.of(added, 0L));
        consumer.updateEndOffsets(Map.of(added, 0L));

        source.takeUpNewPartitions();

        frame(2, 30);
        frame(2, 60);
        assertThat(source.next(2, () -> false).frames())
                .extracting(frame -> Objects.requireNonNull(frame.sample()).frameId())
                .containsExactly("f-2-30", "f-0-40");
        assertThat(source.positions())
                .containsEntry(new TopicPartition(FRAMES, 0), 2L)
                .containsEntry(added, 1L);
    }

    @Test
    void shouldAccountForAFrameThatCannotBeRead() {
        source.start(Map.of(), List.of());
        Frame broken = frameRecord("broken", 10, new byte[] {1, 2, 3});
        add(TOPICS.acceptedFrames(), new TopicPartition(FRAMES, 0), 10, broken);
        frame(1, 20);

        assertThat(source.next(1, () -> false).frames())
                .singleElement()
                .satisfies(frame -> assertThat(frame.disposition()).isEqualTo(Disposition.QUARANTINED));
    }

    @Test
    void shouldAccountForFramesThatRetentionRemovedBeforeTheyWereRead() {
        TopicPartition partition = new TopicPartition(FRAMES, 0);
        source.start(Map.of(partition, 3L), List.of());
        consumer.updateBeginningOffsets(Map.of(partition, 8L));
        nextOffsets.put(partition, 8L);
        consumer.schedulePollTask(
                () -> consumer.setPollException(new OffsetOutOfRangeException(Map.of(partition, 3L))));
        consumer.schedulePollTask(() -> frame(0, 10));
        consumer.schedulePollTask(() -> frame(1, 20));

        Intake intake = source.next(1, () -> false);

        assertThat(intake.lost()).containsExactly(new LostRange(FRAMES, 0, 3, 7));
        assertThat(intake.frames()).hasSize(1);
    }

    @Test
    void shouldReadBackAFrameFromWhereItLies() {
        TopicPartition place = new TopicPartition(TOPICS.frames().name(), 3);
        readBack.updateBeginningOffsets(Map.of(place, 0L));
        readBack.updateEndOffsets(Map.of(place, 6L));
        byte[] value = bytes(TOPICS.frames(), frameRecord("x", 1, new byte[] {0, (byte) 255}));
        readBack.schedulePollTask(() -> readBack.addRecord(record(place, 5, 1, value)));

        Sample sample = reader.readBack(new FrameReference(place.topic(), 3, 5L))
                .orElseThrow()
                .orElseThrow();

        assertThat(sample.values()).containsExactly(0f, 1f);
    }

    @Test
    void shouldSayThatAFrameIsGoneWhenRetentionHasRemovedIt() {
        TopicPartition place = new TopicPartition(TOPICS.frames().name(), 3);
        readBack.updateBeginningOffsets(Map.of(place, 100L));
        readBack.updateEndOffsets(Map.of(place, 200L));
        readBack.setPollException(new OffsetOutOfRangeException(Map.of(place, 5L)));

        assertThat(reader.readBack(new FrameReference(place.topic(), 3, 5L))).isEmpty();
    }

    @Test
    void shouldFetchALargeFrameFromTheBlobStoreByItsHash() throws IOException {
        Frame large = Frame.newBuilder(frameRecord("large", 1, new byte[0]))
                .setBlobSha256(blobs.put(new byte[] {(byte) 255, 0}))
                .build();
        Frame lost = Frame.newBuilder(large).setBlobSha256("0".repeat(64)).build();
        Frame forged = Frame.newBuilder(large).setBlobSha256("../../etc/passwd").build();

        assertThat(((Decoding.Decoded) decoder.decode(large)).values()).containsExactly(1f, 0f);
        assertThat(decoder.decode(lost)).isInstanceOf(Decoding.Refused.class);
        assertThat(decoder.decode(forged)).isInstanceOf(Decoding.Refused.class);
    }

    private SampleSource newSource(long maxBacklog) {
        return new SampleSource(
                consumer,
                decoder,
                PIPELINE,
                new IntakePolicy(maxBacklog, 2_000),
                () -> Instant.ofEpochMilli(millis.get()));
    }

    private static List<TopicPartition> partitions() {
        return List.of(new TopicPartition(FRAMES, 0), new TopicPartition(FRAMES, 1), new TopicPartition(LABELS, 0));
    }

    private void frame(int partition, long time) {
        Frame frame = frameRecord("f-" + partition + "-" + time, time, new byte[] {1, 2});
        add(TOPICS.acceptedFrames(), new TopicPartition(FRAMES, partition), time, frame);
    }

    private void label(String frameId, long labeledAt) {
        LabeledFrame label = new LabeledFrame(
                frameId,
                "camera-1",
                LabelAction.ASSIGN,
                1,
                "b",
                0,
                "ann",
                Instant.ofEpochMilli(labeledAt),
                Instant.EPOCH,
                new FrameReference("millrace.frames", 0, 0L));
        add(TOPICS.labeledFrames(), new TopicPartition(LABELS, 0), labeledAt, label);
    }

    private static Frame frameRecord(String frameId, long time, byte[] data) {
        return Frame.newBuilder()
                .setFrameId(frameId)
                .setSourceId("camera-1")
                .setCapturedAt(Instant.ofEpochMilli(time))
                .setEncoding(Encoding.RAW_U8)
                .setShape(List.of(1, 1, 2))
                .setData(ByteBuffer.wrap(data))
                .build();
    }

    private <V extends SpecificRecord> void add(Topic<V> topic, TopicPartition partition, long time, V value) {
        long offset = nextOffsets.merge(partition, 1L, Long::sum) - 1;
        consumer.updateEndOffsets(Map.of(partition, offset + 1));
        ConsumerRecord<byte[], byte[]> record = record(partition, offset, time, bytes(topic, value));
        if (consumer.assignment().contains(partition)) {
            consumer.addRecord(record);
        } else {
            consumer.schedulePollTask(() -> consumer.addRecord(record));
        }
    }

    private static <V extends SpecificRecord> byte[] bytes(Topic<V> topic, V value) {
        return topic.values().serializer().serialize(topic.name(), value);
    }

    private static ConsumerRecord<byte[], byte[]> record(TopicPartition place, long offset, long time, byte[] value) {
        byte[] key = "camera-1".getBytes(StandardCharsets.UTF_8);
        return new ConsumerRecord<>(
                place.topic(),
                place.partition(),
                offset,
                time,
                TimestampType.CREATE_TIME,
                key.length,
                value.length,
                key,
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    private void havePartitions(String topic, int count) {
        Node node = new Node(0, "127.0.0.1", 1);
        Node[] nodes = {node};
        consumer.updatePartitions(
                topic,
                IntStream.range(0, count)
                        .mapToObj(partition -> new PartitionInfo(topic, partition, node, nodes, nodes))
                        .toList());
    }
}
