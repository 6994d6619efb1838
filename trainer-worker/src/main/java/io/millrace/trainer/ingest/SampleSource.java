package io.millrace.trainer.ingest;

import io.millrace.record.Disposition;
import io.millrace.record.LabeledFrame;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.AvroDeserializer;
import io.millrace.schemas.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Merges the partitions of accepted frames and labels into one order: that of event time. A frame is given out only when
 * every partition of frames has one to compare it with, or has been quiet for a while, as Kafka Streams does with
 * {@code max.task.idle.ms}; so what a step learns from does not depend on which partition answered first.
 *
 * <p>Polled by the training thread itself: partitions are assigned, not subscribed, so there is no group membership to
 * keep alive, and the broker fetches ahead while a step runs. See docs/adr/0004.
 *
 * <p>Not thread-safe.
 */
public final class SampleSource {
    private static final Logger LOGGER = LoggerFactory.getLogger(SampleSource.class);
    private static final Comparator<TopicPartition> BY_NAME =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    private final Consumer<byte[], byte[]> consumer;
    private final SampleDecoder decoder;
    private final Topics topics;
    private final AvroDeserializer<LabeledFrame> labels;
    private final IntakePolicy policy;
    private final InstantSource clock;
    private final LabelInbox inbox = new LabelInbox();
    private final List<LostRange> lost = new ArrayList<>();
    private final Map<TopicPartition, FrameQueue> queues = new TreeMap<>(BY_NAME);
    private final Map<TopicPartition, Long> nextOffsets = new TreeMap<>(BY_NAME);
    private @Nullable Map<TopicPartition, Long> end;
    private long takenUntil = Long.MIN_VALUE;
    private volatile boolean endWanted;

    /**
     * @param consumer assigned and positioned by {@link #start}; closed by its owner
     * @param decoder decodes frames
     */
    public SampleSource(
            Consumer<byte[], byte[]> consumer,
            SampleDecoder decoder,
            PipelineSettings pipeline,
            IntakePolicy policy,
            InstantSource clock) {
        this.consumer = consumer;
        this.decoder = decoder;
        this.topics = pipeline.topics();
        this.labels = new AvroDeserializer<>(pipeline.schemaIds(), LabeledFrame.class);
        this.policy = policy;
        this.clock = clock;
    }

    /**
     * Begins to read.
     *
     * @param positions next offset of each partition; one that is missing is read from its beginning
     * @param waiting labels that came before and were not due yet
     */
    public void start(Map<TopicPartition, Long> positions, Collection<ReceivedLabel> waiting) {
        List<TopicPartition> partitions = partitions();
        // Asked before the assignment: the client would take the answer for the end of an assigned partition.
        nextOffsets.putAll(consumer.beginningOffsets(partitions));
        consumer.assign(partitions);
        nextOffsets.putAll(positions);
        nextOffsets.forEach(consumer::seek);
        partitions.forEach(this::queue);
        inbox.addAll(waiting);
    }

    /** Takes up partitions that the topics were given since the start, each from its beginning. */
    public void takeUpNewPartitions() {
        List<TopicPartition> partitions = partitions();
        List<TopicPartition> added = partitions.stream()
                .filter(partition -> !nextOffsets.containsKey(partition))
                .toList();
        if (!added.isEmpty()) {
            Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(added);
            consumer.assign(partitions); // those that were assigned before stay where they are
            beginnings.forEach(consumer::seek);
            nextOffsets.putAll(beginnings);
            added.forEach(this::queue);
            LOGGER.atInfo().addKeyValue("partitions", added).log("New partitions are taken up");
        }
    }

    /** Waits until {@code count} labels have come, or {@code stop} says so. */
    public void awaitLabels(int count, BooleanSupplier stop) {
        LOGGER.atInfo()
                .addKeyValue("wanted", count)
                .addKeyValue("here", inbox.size())
                .log("Waiting for labels");
        while (inbox.size() < count && !stop.getAsBoolean() && !endWanted) {
            poll(policy.pollWait());
        }
    }

    /**
     * Takes in the next {@code count} frames and the labels due by then; waits for them. Only what was shed, or the rest
     * before the agreed end, comes in smaller numbers, so a step always learns from the same number of frames.
     *
     * @param stop when true, returns soon; frames in hand that do not make a whole step stay untaken
     */
    public Intake next(int count, BooleanSupplier stop) {
        poll(Duration.ZERO);
        List<ReceivedFrame> frames = shedWhenBehind();
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        boolean drained = false;
        while (records.size() < count && !drained) {
            if (stop.getAsBoolean()) {
                putBack(records);
                return new Intake(frames, List.of(), takeLost(), 0, false);
            }
            FrameQueue first = earliest();
            if (first != null) {
                records.add(take(first));
            } else if (reachedEnd()) {
                drained = true;
            } else {
                poll(policy.pollWait());
            }
        }
        long time = drained ? Long.MAX_VALUE : records.get(records.size() - 1).timestamp();
        records.forEach(record -> frames.add(received(record)));
        int late = inbox.countBefore(takenUntil);
        takenUntil = drained ? takenUntil : time;
        return new Intake(frames, inbox.dueBy(time), takeLost(), late, drained);
    }

    /** From now on there is an end: what is in the topics when the reading thread next looks. Any thread may call this. */
    public void endHere() {
        endWanted = true;
    }

    /** Next offset of each partition: everything before was taken in, or waits in {@link #waitingLabels}. */
    public Map<TopicPartition, Long> positions() {
        Map<TopicPartition, Long> positions = new HashMap<>(nextOffsets);
        for (FrameQueue queue : queues.values()) {
            if (queue.size() == 0) { // past the transaction markers, too
                positions.put(queue.partition(), consumer.position(queue.partition()));
            }
        }
        return positions;
    }

    /** Labels that came and are not due yet. */
    public List<ReceivedLabel> waitingLabels() {
        return inbox.waiting();
    }

    /** How many labels came and are not due yet. */
    public int labelsWaiting() {
        return inbox.size();
    }

    /** Frames that are in the topic and were not taken in, transaction markers included. */
    public long backlog() {
        long backlog = 0;
        for (FrameQueue queue : queues.values()) {
            backlog += queue.size()
                    + Math.max(0, consumer.currentLag(queue.partition()).orElse(0));
        }
        return backlog;
    }

    private List<TopicPartition> partitions() {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic :
                List.of(topics.acceptedFrames().name(), topics.labeledFrames().name())) {
            consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        return partitions;
    }

    private void queue(TopicPartition partition) {
        if (isFrames(partition)) {
            queues.put(partition, new FrameQueue(partition, clock.millis()));
        }
    }

    private void poll(Duration wait) {
        if (endWanted && end == null) {
            end = consumer.endOffsets(nextOffsets.keySet());
        }
        for (FrameQueue queue : queues.values()) {
            if (queue.isFull()) {
                consumer.pause(List.of(queue.partition()));
            } else {
                consumer.resume(List.of(queue.partition()));
            }
        }
        List<ReceivedLabel> came = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : fetch(wait)) {
            FrameQueue queue = queues.get(new TopicPartition(record.topic(), record.partition()));
            if (queue != null) {
                queue.add(record, clock.millis());
            } else {
                LabeledFrame label = labels.deserialize(record.topic(), record.value());
                if (label != null) {
                    came.add(new ReceivedLabel(label, record.partition(), record.offset()));
                }
            }
        }
        inbox.addAll(came);
        nextOffsets.replaceAll((partition, next) -> isFrames(partition) ? next : consumer.position(partition));
    }

    /** Fetches; what retention has removed before it was read is noted as lost, and reading goes on behind it. */
    private ConsumerRecords<byte[], byte[]> fetch(Duration wait) {
        try {
            return consumer.poll(wait);
        } catch (OffsetOutOfRangeException e) {
            consumer.beginningOffsets(e.partitions()).forEach((partition, begin) -> {
                long next = e.offsetOutOfRangePartitions().getOrDefault(partition, begin);
                if (begin <= next) {
                    throw new IllegalStateException(partition + ": expected offset " + next
                            + ", but the partition begins at " + begin + ": it was made anew or cut");
                }
                lost.add(new LostRange(partition.topic(), partition.partition(), next, begin - 1));
                LOGGER.atError()
                        .addKeyValue("partition", partition)
                        .addKeyValue("from", next)
                        .addKeyValue("to", begin - 1)
                        .log("Retention removed records before they were read");
                consumer.seek(partition, begin);
            });
            return ConsumerRecords.empty();
        }
    }

    /** The queue whose first frame is the earliest, or none while some partition may still bring an earlier one. */
    private @Nullable FrameQueue earliest() {
        FrameQueue earliest = null;
        ConsumerRecord<byte[], byte[]> first = null;
        for (FrameQueue queue : queues.values()) {
            ConsumerRecord<byte[], byte[]> head = beforeEnd(queue.head(), queue.partition());
            if (head == null && !isQuiet(queue)) {
                return null;
            }
            if (head != null && (first == null || FrameQueue.isEarlier(head, first))) {
                earliest = queue;
                first = head;
            }
        }
        return earliest;
    }

    private @Nullable ConsumerRecord<byte[], byte[]> beforeEnd(
            @Nullable ConsumerRecord<byte[], byte[]> head, TopicPartition partition) {
        boolean behind = head != null && end != null && head.offset() >= end.getOrDefault(partition, 0L);
        return behind ? null : head;
    }

    private boolean isQuiet(FrameQueue queue) {
        boolean caughtUp = consumer.currentLag(queue.partition()).orElse(1) == 0;
        return isAtEnd(queue.partition()) || (caughtUp && clock.millis() - queue.quietSince() >= policy.idleMillis());
    }

    private boolean isAtEnd(TopicPartition partition) {
        return end != null && consumer.position(partition) >= end.getOrDefault(partition, 0L);
    }

    private boolean reachedEnd() {
        return end != null && nextOffsets.keySet().stream().allMatch(this::isAtEnd);
    }

    /** Lost ranges whose turn has come: everything before them in their partition was taken. */
    private List<LostRange> takeLost() {
        List<LostRange> due = lost.stream().filter(this::isDue).toList();
        for (LostRange range : due) {
            nextOffsets.merge(new TopicPartition(range.topic(), range.partition()), range.to() + 1, Math::max);
        }
        lost.removeAll(due);
        return due;
    }

    private boolean isDue(LostRange range) {
        FrameQueue queue = queues.get(new TopicPartition(range.topic(), range.partition()));
        ConsumerRecord<byte[], byte[]> head = queue == null ? null : queue.head();
        return head == null || head.offset() > range.to();
    }

    private ConsumerRecord<byte[], byte[]> take(FrameQueue queue) {
        ConsumerRecord<byte[], byte[]> record = queue.take();
        nextOffsets.put(queue.partition(), record.offset() + 1);
        return record;
    }

    private void putBack(List<ConsumerRecord<byte[], byte[]>> records) {
        for (FrameQueue queue : queues.values()) {
            for (int i = records.size() - 1; i >= 0; i--) {
                ConsumerRecord<byte[], byte[]> record = records.get(i);
                if (record.partition() == queue.partition().partition()) {
                    queue.putBack(record);
                    nextOffsets.put(queue.partition(), record.offset());
                }
            }
        }
    }

    private List<ReceivedFrame> shedWhenBehind() {
        List<ReceivedFrame> shed = new ArrayList<>();
        if (policy.isBehind(backlog())) {
            FrameQueue first = earliest();
            while (first != null && policy.isStillBehind(backlog())) {
                ConsumerRecord<byte[], byte[]> record = take(first);
                shed.add(new ReceivedFrame(null, Disposition.SHED, record.partition(), record.offset()));
                poll(Duration.ZERO);
                first = earliest();
            }
        }
        return shed;
    }

    private ReceivedFrame received(ConsumerRecord<byte[], byte[]> record) {
        return decoder.read(record)
                .map(readable ->
                        new ReceivedFrame(readable.sample(), Disposition.TRAINED, record.partition(), record.offset()))
                .orElseGet(() -> new ReceivedFrame(null, Disposition.QUARANTINED, record.partition(), record.offset()));
    }

    private boolean isFrames(TopicPartition partition) {
        return partition.topic().equals(topics.acceptedFrames().name());
    }
}
