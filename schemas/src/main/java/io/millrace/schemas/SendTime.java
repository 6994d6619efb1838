package io.millrace.schemas;

import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * When a frame was sent: the timestamp of its record on {@code frames}, within the bounds that the stream-app allows. On
 * {@code accepted-frames} the timestamp is that of the capture, so the time of sending travels in a header; the latency of
 * predictions is measured from it.
 */
public final class SendTime {
    /** Header with milliseconds since 1970-01-01 UTC, as decimal digits. */
    public static final String HEADER = "millrace.sent";

    private static final int MAX_DIGITS = 18;

    private SendTime() {}

    /** Adds the time to headers, in milliseconds since 1970-01-01 UTC. */
    public static void addTo(Headers headers, long millis) {
        headers.add(HEADER, Long.toString(millis).getBytes(StandardCharsets.US_ASCII));
    }

    /** The time in headers; empty when there is none, or when it is not one. */
    public static OptionalLong of(Headers headers) {
        Header header = headers.lastHeader(HEADER);
        if (header == null || header.value() == null || header.value().length > MAX_DIGITS) {
            return OptionalLong.empty();
        }
        String digits = new String(header.value(), StandardCharsets.US_ASCII);
        return digits.matches("[0-9]+") ? OptionalLong.of(Long.parseLong(digits)) : OptionalLong.empty();
    }
}
