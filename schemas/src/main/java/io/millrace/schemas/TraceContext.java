package io.millrace.schemas;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The W3C trace context of a record, level 1, as its headers carry it. Millrace traces nothing itself: it hands the
 * context on, unchanged, to what a record becomes, so that the systems around it can follow a frame or a label through.
 * What is not a trace context, or is longer than one may be, is not handed on.
 *
 * @param parent value of {@code traceparent}, empty without one
 * @param state value of {@code tracestate}, empty without one
 */
public record TraceContext(String parent, String state) {
    /** Header of the trace id and the parent span. */
    public static final String PARENT = "traceparent";
    /** Header of what the tracing systems add. */
    public static final String STATE = "tracestate";

    private static final int MAX_STATE = 512;
    private static final Pattern TRACE_PARENT =
            Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    private static final Pattern TRACE_STATE = Pattern.compile("[\\x20-\\x7e]{1," + MAX_STATE + "}");

    /** A record that is not traced. */
    public static final TraceContext NONE = new TraceContext("", "");

    public TraceContext {
        if (!TRACE_PARENT.matcher(parent).matches() && !parent.isEmpty()) {
            throw new IllegalArgumentException("expected a traceparent of version 00, got " + parent);
        }
        if (!state.isEmpty() && (parent.isEmpty() || !TRACE_STATE.matcher(state).matches())) {
            throw new IllegalArgumentException("expected a tracestate beside a traceparent, got " + state);
        }
    }

    /** The context in the headers of a record; none when there is none, or when it is not one. */
    public static TraceContext of(Headers headers) {
        return of(text(headers.lastHeader(PARENT)), text(headers.lastHeader(STATE)));
    }

    /** The context of two header values; none when the first is not a trace context. */
    public static TraceContext of(String parent, String state) {
        if (parent.isEmpty() || !TRACE_PARENT.matcher(parent).matches()) {
            return NONE;
        }
        return new TraceContext(parent, TRACE_STATE.matcher(state).matches() ? state : "");
    }

    /** Thirty-two hex digits, empty without a context. */
    public String traceId() {
        return parent.isEmpty() ? "" : parent.substring(3, 35);
    }

    /** New headers with this context and nothing else. */
    public Headers headers() {
        return addTo(new RecordHeaders());
    }

    /** Adds this context to headers, and returns them. */
    public Headers addTo(Headers headers) {
        if (!parent.isEmpty()) {
            headers.add(PARENT, parent.getBytes(StandardCharsets.US_ASCII));
        }
        if (!state.isEmpty()) {
            headers.add(STATE, state.getBytes(StandardCharsets.US_ASCII));
        }
        return headers;
    }

    private static String text(@Nullable Header header) {
        if (header == null || header.value() == null || header.value().length > MAX_STATE) {
            return "";
        }
        return new String(header.value(), StandardCharsets.US_ASCII);
    }
}
