package io.millrace.stream.flow;

import io.millrace.schemas.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * A record exactly as it lies in Kafka, so that whatever becomes of it later, a dead letter can carry it untouched.
 *
 * @param topic full topic name
 * @param partition partition number, from 0
 * @param offset offset in the partition, from 0
 * @param key raw key; never changed
 * @param value raw value; never changed
 * @param trace the trace that the record belongs to
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; the arrays are those that Kafka handed out
public record Origin(
        String topic, int partition, long offset, byte @Nullable [] key, byte @Nullable [] value, TraceContext trace) {
    /** Topic, partition and offset, for logs. */
    public String place() {
        return topic + "-" + partition + "@" + offset;
    }
}
