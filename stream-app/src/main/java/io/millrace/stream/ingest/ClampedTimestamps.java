package io.millrace.stream.ingest;

import java.time.Duration;
import java.time.InstantSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * The record's own timestamp, bent into {@code now - max age .. now + max future}. A producer sets it freely: one
 * record from the year 292278994 would otherwise move stream time past everything that comes after it, and one from
 * 1970 would lie in a changelog whose broker deletes it at once.
 */
public final class ClampedTimestamps implements TimestampExtractor {
    private final InstantSource clock;
    private final long maxAgeMs;
    private final long maxFutureMs;

    /**
     * @param clock wall-clock
     * @param maxAge how far behind it a timestamp may be
     * @param maxFuture how far ahead of it a timestamp may be
     */
    public ClampedTimestamps(InstantSource clock, Duration maxAge, Duration maxFuture) {
        this.clock = clock;
        this.maxAgeMs = maxAge.toMillis();
        this.maxFutureMs = maxFuture.toMillis();
    }

    @Override
    public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
        long nowMs = clock.millis();
        return Math.max(0, Math.max(nowMs - maxAgeMs, Math.min(record.timestamp(), nowMs + maxFutureMs)));
    }
}
