package io.millrace.quickstart.feed;

import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.read.TopicReader;
import io.millrace.record.Frame;
import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How far a stream was published before: the topic itself remembers. Source k writes to partition k modulo the number of
 * partitions, in order; so a frame is already there exactly when its sequence is not above the last one of its
 * partition.
 */
final class FeedPosition {
    /** The last frame of the stream is looked for among so many last records of each partition. */
    private static final int LOOK_BACK = 2_000;

    private final FrameStream stream;
    private final long[] last;
    private final Instant start;

    private FeedPosition(FrameStream stream, long[] last, Instant start) {
        this.stream = stream;
        this.last = last;
        this.start = start;
    }

    /**
     * Reads the position from the topic.
     *
     * @param partitions of the topic
     * @param freshStart when frame 0 was captured, if none was published before
     */
    static FeedPosition read(PipelineSettings pipeline, FrameStream stream, int partitions, Instant freshStart) {
        Topic<Frame> frames = pipeline.topics().frames();
        long[] last = LongStream.generate(() -> -1).limit(partitions).toArray();
        Instant[] start = {freshStart};
        try (TopicReader reader = new TopicReader(pipeline, List.of(frames.name()))) {
            reader.seekToLast(LOOK_BACK);
            while (!reader.isAtEnd()) {
                reader.poll(Duration.ofMillis(100))
                        .forEach(record -> TopicReader.decode(frames, record).ifPresent(frame -> {
                            OptionalLong sequence = stream.sequenceOf(frame.getFrameId());
                            if (sequence.isPresent()) {
                                last[record.partition()] = Math.max(last[record.partition()], sequence.getAsLong());
                                start[0] = frame.getCapturedAt()
                                        .minus(FrameStream.INTERVAL.multipliedBy(sequence.getAsLong()));
                            }
                        }));
            }
        }
        return new FeedPosition(stream, last, start[0]);
    }

    /** When frame 0 was captured. */
    Instant start() {
        return start;
    }

    /** The first frame that may be missing. */
    long first() {
        int used = Math.min(last.length, stream.plan().sources());
        return IntStream.range(0, used)
                        .mapToLong(partition -> last[partition])
                        .min()
                        .orElse(-1)
                + 1;
    }

    /** Partition of a frame. */
    int partition(long sequence) {
        return stream.source(sequence) % last.length;
    }

    /** True when the frame is in the topic. */
    boolean holds(long sequence) {
        return sequence <= last[partition(sequence)];
    }
}
