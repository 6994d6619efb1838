package io.millrace.quickstart.watch;

import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.Frame;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.loop.Loop;
import io.millrace.schemas.DeadLetter;
import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.header.Header;

/**
 * Reads every topic of a pipeline from its beginning and keeps {@link RunStatistics}. Takes part in nothing: no group, no
 * offsets, no writes. Pixels are let go at once.
 */
public final class PipelineWatcher implements Loop {
    private static final Duration A_MOMENT = Duration.ofMillis(200);

    private final Topics topics;
    private final RunStatistics statistics;
    private final Map<String, Consumer<ConsumerRecord<byte[], byte[]>>> byTopic = new HashMap<>();
    private final TopicReader reader;
    private volatile boolean upToDate;
    private volatile boolean stopping;

    public PipelineWatcher(PipelineSettings pipeline) {
        topics = pipeline.topics();
        statistics = new RunStatistics(topics.acceptedFrames().name());
        byTopic.put(topics.frames().name(), this::frame);
        byTopic.put(topics.acceptedFrames().name(), record -> statistics.frameAccepted());
        byTopic.put(topics.labels().name(), record -> statistics.labelPublished());
        byTopic.put(topics.modelVersions().name(), record -> statistics.versionCreated());
        on(topics.predictions(), statistics::predicted);
        on(topics.outcomes(), statistics::outcome);
        on(topics.labeledFrames(), labeled -> statistics.labelJoined(labeled.getAction()));
        on(topics.modelAliases(), statistics::alias);
        on(topics.trainingLedger(), statistics::ledger);
        on(topics.events(), statistics::event);
        for (Topic<?> topic : List.of(topics.frames(), topics.labels())) {
            String name = topic.name().substring(topics.prefix().length());
            byTopic.put(topics.deadLettersOf(topic), record -> statistics.deadLetter(name, reason(record)));
        }
        reader = new TopicReader(pipeline, byTopic.keySet());
    }

    @Override
    public void run() {
        while (!stopping) {
            ConsumerRecords<byte[], byte[]> records = reader.poll(A_MOMENT);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                Consumer<ConsumerRecord<byte[], byte[]>> counter = byTopic.get(record.topic());
                if (counter != null) {
                    counter.accept(record);
                }
            }
            upToDate = records.isEmpty() && reader.isAtEnd();
        }
    }

    /** True when everything that was committed has been read, and nothing came for a moment. */
    public boolean isUpToDate() {
        return upToDate;
    }

    /** What was seen so far. */
    public RunStatistics statistics() {
        return statistics;
    }

    @Override
    public void stop() {
        stopping = true;
    }

    @Override
    public void close() {
        reader.close();
    }

    private <V extends SpecificRecord> void on(Topic<V> topic, Consumer<V> counter) {
        byTopic.put(topic.name(), record -> TopicReader.decode(topic, record).ifPresent(counter));
    }

    private void frame(ConsumerRecord<byte[], byte[]> record) {
        String frameId = TopicReader.decode(topics.frames(), record)
                .map(Frame::getFrameId)
                .orElse(null);
        statistics.framePublished(frameId, record.timestamp());
    }

    private static String reason(ConsumerRecord<byte[], byte[]> record) {
        Header reason = record.headers().lastHeader(DeadLetter.REASON);
        return reason == null ? "UNKNOWN" : new String(reason.value(), StandardCharsets.UTF_8);
    }
}
