package io.millrace.stream.route;

import io.millrace.schemas.DeadLetter;
import io.millrace.stream.flow.Flow.Refused;
import io.millrace.stream.flow.Origin;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Says what is written to a dead-letter topic: the raw key and value, byte for byte, and why. Only what would not fit
 * is cut, and then says so: a record that passed the broker compressed may be larger than a dead letter can be, and
 * failing on it again and again would stop the partition for ever. The whole record still lies at its origin.
 */
public final class Router {
    /** More of a key is cut off. */
    static final int MAX_KEY_BYTES = 64 << 10;
    /** More of a value is cut off; every record of a topic with the broker's default limit is shorter. */
    static final int MAX_VALUE_BYTES = (1 << 20) + (256 << 10);

    private Router() {}

    /**
     * A dead letter.
     *
     * @param key raw key
     * @param value raw value
     * @param why headers
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Letter(byte @Nullable [] key, byte @Nullable [] value, DeadLetter why) {}

    /** The dead letter of a refused record. */
    public static Letter letterOf(Refused<?> refused) {
        Origin origin = refused.origin();
        byte[] key = origin.key();
        byte[] value = origin.value();
        boolean cut = length(key) > MAX_KEY_BYTES || length(value) > MAX_VALUE_BYTES;
        String detail = cut
                ? "cut from a key of " + length(key) + " and a value of " + length(value) + " bytes; "
                        + refused.detail()
                : refused.detail();
        DeadLetter why = new DeadLetter(refused.reason(), detail, origin.topic(), origin.partition(), origin.offset());
        return new Letter(cut(key, MAX_KEY_BYTES), cut(value, MAX_VALUE_BYTES), why);
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    private static byte @Nullable [] cut(byte @Nullable [] bytes, int most) {
        return bytes == null || bytes.length <= most ? bytes : Arrays.copyOf(bytes, most);
    }
}
