package io.millrace.quickstart;

import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.Frame;
import io.millrace.record.LabelEvent;
import io.millrace.record.LabeledFrame;
import io.millrace.record.LedgerRow;
import io.millrace.record.OffsetRange;
import io.millrace.record.Outcome;
import io.millrace.record.Prediction;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Everything that was committed to the topics of a pipeline so far: how often each frame id came, and when. */
final class Arrivals implements AutoCloseable {
    private static final Duration A_MOMENT = Duration.ofMillis(100);

    final Map<String, Integer> frames = new TreeMap<>();
    final Map<String, Integer> accepted = new TreeMap<>();
    final Map<String, Integer> predicted = new TreeMap<>();
    final Map<String, Integer> labels = new TreeMap<>();
    final Map<String, Integer> labeled = new TreeMap<>();
    final Map<String, Integer> outcomes = new TreeMap<>();
    final List<ConsumerRecord<byte[], byte[]>> deadLetters = new ArrayList<>();
    final List<LedgerRow> ledger = new ArrayList<>();

    private final Topics topics;
    private final TopicReader reader;
    private final Map<TopicPartition, Long> latest = new HashMap<>();
    private final Map<TopicPartition, Long> longestSilence = new HashMap<>();

    Arrivals(PipelineSettings pipeline) {
        topics = pipeline.topics();
        reader = new TopicReader(
                pipeline,
                List.of(
                        topics.frames().name(),
                        topics.acceptedFrames().name(),
                        topics.predictions().name(),
                        topics.labels().name(),
                        topics.labeledFrames().name(),
                        topics.outcomes().name(),
                        topics.trainingLedger().name(),
                        topics.deadLettersOf(topics.frames()),
                        topics.deadLettersOf(topics.labels()),
                        topics.deadLettersOf(topics.predictions())));
    }

    /** Reads what is there, or waits a moment. */
    void poll() {
        reader.poll(A_MOMENT).forEach(this::add);
    }

    /** Reads everything that is committed now. */
    void readToEnd() {
        do {
            poll();
        } while (!reader.isAtEnd());
    }

    /** Measures silences from now on. */
    void listen() {
        long now = System.nanoTime();
        latest.replaceAll((partition, at) -> now);
        longestSilence.clear();
    }

    /** The longest time between two records in one partition of a topic since {@link #listen}, in seconds. */
    double longestSilence(String topic) {
        return longestSilence.entrySet().stream()
                        .filter(silence -> silence.getKey().topic().equals(topic))
                        .mapToLong(Map.Entry::getValue)
                        .max()
                        .orElse(0)
                / 1e9;
    }

    /** Offsets that stand in the ledger twice; empty when nothing was trained twice. */
    List<String> doubleInLedger() {
        Set<String> seen = new HashSet<>();
        List<String> twice = new ArrayList<>();
        for (LedgerRow row : ledger) {
            for (OffsetRange range : row.getRanges()) {
                for (long offset = range.getFromOffset(); offset <= range.getToOffset(); offset++) {
                    String place = range.getTopic() + "-" + range.getPartition() + "@" + offset;
                    if (!seen.add(place)) {
                        twice.add(place);
                    }
                }
            }
        }
        return twice;
    }

    /** Frame ids that did not come exactly once. */
    static List<String> notOnce(Map<String, Integer> counts) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getValue() != 1)
                .map(Object::toString)
                .toList();
    }

    @Override
    public void close() {
        reader.close();
    }

    @Override
    public String toString() {
        return "frames %d, accepted %d, predicted %d, labels %d, labeled %d, outcomes %d, dead letters %d, ledger %d"
                .formatted(
                        frames.size(),
                        accepted.size(),
                        predicted.size(),
                        labels.size(),
                        labeled.size(),
                        outcomes.size(),
                        deadLetters.size(),
                        ledger.size());
    }

    private void add(ConsumerRecord<byte[], byte[]> record) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        long now = System.nanoTime();
        Long before = latest.put(partition, now);
        if (before != null) {
            longestSilence.merge(partition, now - before, Math::max);
        }
        String topic = record.topic();
        if (topic.equals(topics.frames().name())) {
            count(frames, record, TopicReader.decode(topics.frames(), record).map(Frame::getFrameId));
        } else if (topic.equals(topics.acceptedFrames().name())) {
            count(
                    accepted,
                    record,
                    TopicReader.decode(topics.acceptedFrames(), record).map(Frame::getFrameId));
        } else if (topic.equals(topics.predictions().name())) {
            count(
                    predicted,
                    record,
                    TopicReader.decode(topics.predictions(), record).map(Prediction::getFrameId));
        } else if (topic.equals(topics.labels().name())) {
            count(labels, record, TopicReader.decode(topics.labels(), record).map(LabelEvent::getFrameId));
        } else if (topic.equals(topics.labeledFrames().name())) {
            count(
                    labeled,
                    record,
                    TopicReader.decode(topics.labeledFrames(), record).map(LabeledFrame::getFrameId));
        } else if (topic.equals(topics.outcomes().name())) {
            count(
                    outcomes,
                    record,
                    TopicReader.decode(topics.outcomes(), record).map(Outcome::getFrameId));
        } else if (topic.equals(topics.trainingLedger().name())) {
            ledger.add(TopicReader.decode(topics.trainingLedger(), record).orElseThrow());
        } else {
            deadLetters.add(record);
        }
    }

    /** What this release cannot read counts under its place. */
    private static void count(
            Map<String, Integer> counts, ConsumerRecord<byte[], byte[]> record, Optional<String> frameId) {
        counts.merge(frameId.orElse(record.partition() + "@" + record.offset()), 1, Integer::sum);
    }
}
