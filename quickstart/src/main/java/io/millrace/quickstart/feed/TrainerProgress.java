package io.millrace.quickstart.feed;

import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.OffsetRange;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.Topics;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * How many frames are settled: committed by the trainer, or refused as dead letters before they reached it.
 *
 * <p>Offsets cannot tell: transaction markers make the lag on {@code accepted-frames} exceed the number of frames. The
 * rows of {@code training-ledger} can: they are written in the transaction that commits the trainer's offsets, and count
 * records. A trainer that does not run yet has written none.
 */
final class TrainerProgress implements AutoCloseable {
    private final Topics topics;
    private final String accepted;
    private final TopicReader reader;
    private long settled;

    TrainerProgress(PipelineSettings pipeline) {
        topics = pipeline.topics();
        accepted = topics.acceptedFrames().name();
        reader = new TopicReader(
                pipeline, List.of(topics.trainingLedger().name(), topics.deadLettersOf(topics.frames())));
    }

    /** Reads what is new, waiting a little when nothing is, and says how many frames are settled since ever. */
    long settled(Duration atMost) {
        reader.poll(atMost).forEach(this::count);
        return settled;
    }

    /** Reads everything up to now. */
    long settledUpToNow() {
        do {
            settled(Duration.ofMillis(100));
        } while (!reader.isAtEnd());
        return settled;
    }

    private void count(ConsumerRecord<byte[], byte[]> record) {
        if (!record.topic().equals(topics.trainingLedger().name())) {
            settled++;
            return;
        }
        TopicReader.decode(topics.trainingLedger(), record)
                .ifPresent(row -> settled += row.getRanges().stream()
                        .filter(range -> range.getTopic().equals(accepted))
                        .mapToLong(OffsetRange::getRecords)
                        .sum());
    }

    @Override
    public void close() {
        reader.close();
    }
}
