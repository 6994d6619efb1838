package io.millrace.schemas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void shouldHandOnWhatItWasGiven() {
        TraceContext trace = TraceContext.of(headers(PARENT, "congo=t61rcWkgMzE"));

        assertThat(trace).isEqualTo(new TraceContext(PARENT, "congo=t61rcWkgMzE"));
        assertThat(TraceContext.of(trace.headers())).isEqualTo(trace);
        assertThat(trace.traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    }

    @Test
    void shouldHandOnNothingWhenThereIsNoContext() {
        assertThat(TraceContext.of(new RecordHeaders())).isEqualTo(TraceContext.NONE);
        assertThat(TraceContext.NONE.headers()).isEmpty();
        assertThat(TraceContext.NONE.traceId()).isEmpty();
        assertThat(TraceContext.of(new RecordHeaders().add("traceparent", null)))
                .isEqualTo(TraceContext.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-and-more",
                "\n00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            })
    void shouldHandOnNothingThatIsNoContext(String parent) {
        assertThat(TraceContext.of(headers(parent, "a=b"))).isEqualTo(TraceContext.NONE);
    }

    @Test
    void shouldLeaveOutAStateThatIsTooLongOrNotText() {
        TraceContext bare = new TraceContext(PARENT, "");

        assertThat(TraceContext.of(headers(PARENT, "a".repeat(513)))).isEqualTo(bare);
        assertThat(TraceContext.of(headers(PARENT, "a=\u0000"))).isEqualTo(bare);
        assertThatThrownBy(() -> new TraceContext("", "a=b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldReadTheTimeOfSendingAndNothingElse() {
        RecordHeaders headers = new RecordHeaders();
        SendTime.addTo(headers, 1_700_000_000_123L);

        assertThat(SendTime.of(headers)).hasValue(1_700_000_000_123L);
        for (String wrong : new String[] {"", "-1", "soon", "9".repeat(19)}) {
            assertThat(SendTime.of(new RecordHeaders().add(SendTime.HEADER, wrong.getBytes(UTF_8))))
                    .isEmpty();
        }
    }

    private static RecordHeaders headers(String parent, String state) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("other", new byte[] {1});
        headers.add("traceparent", parent.getBytes(UTF_8));
        headers.add("tracestate", state.getBytes(UTF_8));
        return headers;
    }
}
