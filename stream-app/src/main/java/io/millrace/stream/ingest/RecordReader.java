package io.millrace.stream.ingest;

import io.millrace.schemas.Reason;
import io.millrace.schemas.UnknownSchemaException;
import io.millrace.stream.flow.Flow;
import io.millrace.stream.flow.Flow.Passed;
import io.millrace.stream.flow.Flow.Refused;
import io.millrace.stream.flow.Origin;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Reads raw records of one topic. What cannot be read is refused; only a registry that cannot be asked now throws (a
 * {@link org.apache.kafka.common.errors.RetriableException}), because that is not the record's fault.
 */
public final class RecordReader<V> {
    private final Deserializer<V> values;
    private final int maxValueBytes;

    /**
     * @param values reads the values
     * @param maxValueBytes longer values are refused unread
     */
    public RecordReader(Deserializer<V> values, int maxValueBytes) {
        this.values = values;
        this.maxValueBytes = maxValueBytes;
    }

    /** The key as UTF-8 and the value as Avro. */
    public Flow<Keyed<V>> read(Origin origin) {
        if (origin.key() == null) {
            return new Refused<>(origin, Reason.NULL_KEY, "expected a key, got none");
        }
        if (origin.value() == null) {
            return new Refused<>(origin, Reason.TOMBSTONE, "expected a value, got a tombstone");
        }
        if (origin.value().length > maxValueBytes) {
            return new Refused<>(
                    origin,
                    Reason.BAD_FIELD,
                    "expected at most " + maxValueBytes + " bytes in a value, got " + origin.value().length);
        }
        String key;
        try {
            key = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(origin.key()))
                    .toString();
        } catch (CharacterCodingException e) {
            return new Refused<>(origin, Reason.KEY_MISMATCH, "expected a key in UTF-8, got other bytes");
        }
        try {
            return new Passed<>(origin, new Keyed<>(key, values.deserialize(origin.topic(), origin.value())));
        } catch (UnknownSchemaException e) {
            return new Refused<>(origin, Reason.UNKNOWN_SCHEMA, message(e));
        } catch (SerializationException e) {
            return new Refused<>(origin, Reason.NOT_AVRO, message(e));
        }
    }

    private static String message(SerializationException e) {
        return e.getCause() == null ? String.valueOf(e.getMessage()) : e.getMessage() + ": " + e.getCause();
    }

    /**
     * A key with its value.
     *
     * @param key the key's text
     * @param value the typed value
     */
    public record Keyed<V>(String key, V value) {}
}
