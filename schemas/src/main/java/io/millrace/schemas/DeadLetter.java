package io.millrace.schemas;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * What the headers of a dead letter say; its key and value are those of the refused record, byte for byte.
 *
 * @param reason stable reason code
 * @param detail what was expected and what was got
 * @param topic topic of the refused record
 * @param partition its partition
 * @param offset its offset
 */
public record DeadLetter(Reason reason, String detail, String topic, int partition, long offset) {
    /** Header with the {@link Reason}. */
    public static final String REASON = "millrace.reason";

    private static final int MAX_DETAIL = 1_000;

    /** The headers, values in UTF-8. */
    public List<Header> headers() {
        List<Header> headers = new ArrayList<>();
        headers.add(header(REASON, reason.name()));
        headers.add(header("millrace.detail", detail.substring(0, Math.min(detail.length(), MAX_DETAIL))));
        headers.add(header("millrace.topic", topic));
        headers.add(header("millrace.partition", Integer.toString(partition)));
        headers.add(header("millrace.offset", Long.toString(offset)));
        return headers;
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
