package io.millrace.quickstart;

import io.millrace.schemas.Reason;
import io.millrace.schemas.Topic;

/**
 * A record that must end as a dead letter.
 *
 * @param name what is broken, for messages
 * @param topic topic that it is sent to
 * @param key raw key, or null
 * @param value raw value, or null
 * @param reason the reason that its dead letter must give
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record BrokenRecord(String name, Topic<?> topic, byte[] key, byte[] value, Reason reason) {
    @Override
    public String toString() {
        return name;
    }
}
