package io.millrace.quickstart.feed;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.feed.LabelPlan.Due;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.Frame;
import io.millrace.record.LabelEvent;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.loop.Loop;
import io.millrace.schemas.Groups;
import io.millrace.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The people who label: reads {@code frames}, and posts what the {@link LabelPlan} says is due when a frame is seen; or
 * beside the labels of the start what {@code label-requests} asks for, with the true class and as late after its frame as
 * the plan, or as soon as it is asked for.
 *
 * <p>Frames are taken in the order of their sequence, whatever partitions they come from. Labels and the position of the
 * next frame are committed in one transaction, so a restart neither repeats nor leaves out a label. Ends with the
 * stream.
 */
public final class Labeler implements Loop {
    private static final Logger LOGGER = LoggerFactory.getLogger(Labeler.class);
    private static final Duration A_MOMENT = Duration.ofMillis(100);
    /** With so many frames waiting for one before them, that one does not come any more. */
    private static final int MAX_WAITING = 5_000;

    private static final int COMMIT_AFTER = 500;

    private final FrameStream stream;
    private final LabelPlan plan;
    private final Kind kind;
    private final OpenRequests requests;
    private final List<String> classes;
    private final Topics topics;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaProducer<String, LabelEvent> producer;
    private final TreeMap<Long, Seen> waiting = new TreeMap<>();
    private volatile long next;
    private long committed;
    private volatile boolean stopping;
    private volatile boolean done;

    /** Who decides which frames are labeled late. */
    public enum Kind {
        /** Chance. */
        RANDOM,
        /** The trainer, which asks. */
        ACTIVE
    }

    /** A frame that was read: where it lies, and when it was captured. */
    private record Seen(TopicPartition partition, long offset, Instant capturedAt) {}

    public Labeler(PipelineSettings pipeline, FrameStream stream, LabelPlan.Habits habits, Kind kind) {
        this.kind = kind;
        this.requests = new OpenRequests(habits.delay());
        this.stream = stream;
        this.classes = pipeline.classes();
        this.plan = new LabelPlan(stream, kind == Kind.ACTIVE ? habits.ofTheStart() : habits, classes.size());
        this.topics = pipeline.topics();
        String group = new Groups(topics.prefix()).labeler();
        this.consumer = new KafkaConsumer<>(
                pipeline.kafkaWith(Map.of(
                        "group.id",
                        group,
                        "enable.auto.commit",
                        false,
                        "auto.offset.reset",
                        "earliest",
                        "isolation.level",
                        "read_committed")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.producer = new KafkaProducer<>(
                pipeline.kafkaWith(Map.of("transactional.id", group, "transaction.timeout.ms", 15_000)),
                new StringSerializer(),
                topics.labels().values().serializer());
    }

    @Override
    public void run() {
        producer.initTransactions(); // first: only then are the committed offsets those of a labeler that died
        takeUp();
        while (!stopping && next < stream.plan().limit()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(A_MOMENT)) {
                if (record.topic().equals(topics.frames().name())) {
                    readFrame(record);
                } else {
                    readRequest(record);
                }
            }
            label();
        }
        if (next > committed) {
            commit(Map.of());
        }
        done = next >= stream.plan().limit();
    }

    /** Shows the meters of consumer and producer. */
    public void bindTo(MeterRegistry meters) {
        new KafkaClientMetrics(consumer).bindTo(meters);
        new KafkaClientMetrics(producer).bindTo(meters);
    }

    /** True once the last frame of the stream was seen and what it made due is posted. */
    public boolean isDone() {
        return done;
    }

    /** How many frames of the stream were seen. */
    public long seen() {
        return next;
    }

    @Override
    public void stop() {
        stopping = true;
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
    }

    /** Goes to where the last transaction left off; its metadata says which frame is next. */
    private void takeUp() {
        List<TopicPartition> partitions = TopicReader.partitionsOf(
                consumer,
                kind == Kind.ACTIVE
                        ? List.of(topics.frames().name(), topics.labelRequests().name())
                        : List.of(topics.frames().name()));
        consumer.assign(partitions);
        Map<TopicPartition, OffsetAndMetadata> before = consumer.committed(Set.copyOf(partitions));
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata position = before.get(partition);
            if (position == null) {
                consumer.seekToBeginning(List.of(partition));
            } else {
                consumer.seek(partition, position.offset());
                next = Math.max(next, Long.parseLong(position.metadata()));
            }
        }
        committed = next;
        LOGGER.atInfo().addKeyValue("next", next).log("Labeler starts");
    }

    private void readRequest(ConsumerRecord<byte[], byte[]> record) {
        TopicReader.decode(topics.labelRequests(), record)
                .map(request -> stream.sequenceOf(request.getFrameId()))
                .filter(sequence -> sequence.isPresent() && !plan.isOfTheStart(sequence.getAsLong()))
                .ifPresent(sequence -> requests.add(
                        new TopicPartition(record.topic(), record.partition()), record.offset(), sequence.getAsLong()));
    }

    private void readFrame(ConsumerRecord<byte[], byte[]> record) {
        Frame frame = TopicReader.decode(topics.frames(), record).orElse(null);
        if (frame == null) {
            return;
        }
        OptionalLong sequence = stream.sequenceOf(frame.getFrameId());
        if (sequence.isPresent() && sequence.getAsLong() >= next) {
            TopicPartition partition = new TopicPartition(record.topic(), record.partition());
            waiting.putIfAbsent(sequence.getAsLong(), new Seen(partition, record.offset(), frame.getCapturedAt()));
        }
    }

    /** Takes the frames whose turn it is, and posts what they make due. */
    private void label() {
        Map<Due, Instant> due = new LinkedHashMap<>();
        while (!waiting.isEmpty() && (waiting.firstKey() == next || waiting.size() > MAX_WAITING)) {
            Map.Entry<Long, Seen> frame = waiting.pollFirstEntry();
            plan.dueAt(frame.getKey())
                    .forEach(label -> due.put(label, frame.getValue().capturedAt()));
            for (long asked : requests.dueAt(frame.getKey())) {
                due.put(plan.truth(asked), frame.getValue().capturedAt());
            }
            next = frame.getKey() + 1;
        }
        if (!due.isEmpty() || next - committed >= COMMIT_AFTER) {
            commit(due);
        }
    }

    private void commit(Map<Due, Instant> due) {
        producer.beginTransaction();
        due.forEach((label, at) -> {
            String frameId = stream.frameId(label.sequence());
            LabelEvent event = LabelEvent.newBuilder()
                    .setFrameId(frameId)
                    .setAction(label.action())
                    .setLabel(classes.get(label.classIndex()))
                    .setAnnotator("quickstart")
                    .setLabeledAt(at)
                    .build();
            // A failure comes out of commitTransaction.
            Future<?> unused =
                    producer.send(new ProducerRecord<>(topics.labels().name(), frameId, event));
        });
        producer.sendOffsetsToTransaction(position(), consumer.groupMetadata());
        producer.commitTransaction();
        committed = next;
    }

    /** Of each partition, the first frame or request that still waits, or else the first that was not read. */
    private Map<TopicPartition, OffsetAndMetadata> position() {
        Map<TopicPartition, Long> first = new HashMap<>();
        consumer.assignment().forEach(partition -> first.put(partition, consumer.position(partition)));
        requests.first().forEach((partition, offset) -> first.merge(partition, offset, Math::min));
        waiting.values().forEach(seen -> first.merge(seen.partition(), seen.offset(), Math::min));
        Map<TopicPartition, OffsetAndMetadata> position = new HashMap<>();
        first.forEach(
                (partition, offset) -> position.put(partition, new OffsetAndMetadata(offset, Long.toString(next))));
        return position;
    }
}
