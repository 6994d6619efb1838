package io.millrace.stream.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.TraceContext;
import io.millrace.stream.flow.Origin;
import io.millrace.stream.join.OriginSerde.Waiting;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

/** The one format of the stores that is not Avro: bytes of version 1 lie in stores and internal topics. */
class OriginSerdeTest {
    private static final String ONE = "00000003" + "000000000000002a" + "00000001" + "6b" + "00000002" + "0001";
    private static final String LIST = "00000002" + "0000000000000001" + ONE + "0000000000000002" + ONE;
    private static final TraceContext TRACE =
            new TraceContext("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "a=b");
    private final Serde<Origin> one = OriginSerde.of("labels");
    private final Serde<List<Waiting>> many = OriginSerde.listOf("labels");

    @Test
    void shouldKeepATraceBehindTheRecordWhereOneIs() {
        byte[] plain = one.serializer().serialize("", label(TraceContext.NONE));
        byte[] traced = one.serializer().serialize("", label(TRACE));

        assertThat(Arrays.copyOf(traced, plain.length))
                .as("a reader that knows no traces reads the same")
                .isEqualTo(plain);
        assertThat(one.deserializer().deserialize("", plain).trace()).isEqualTo(TraceContext.NONE);
        assertThat(one.deserializer().deserialize("", traced).trace()).isEqualTo(TRACE);
    }

    @Test
    void shouldKeepTheTraceOfEachLabelThatWaits() {
        List<Waiting> waiting = List.of(new Waiting(5, label(TraceContext.NONE)), new Waiting(7, label(TRACE)));

        List<Waiting> read =
                many.deserializer().deserialize("", many.serializer().serialize("", waiting));

        assertThat(read).extracting(Waiting::deadlineMs).containsExactly(5L, 7L);
        assertThat(read).extracting(one -> one.label().trace()).containsExactly(TraceContext.NONE, TRACE);
        assertThat(read.get(1).label().value()).containsExactly(9, 8);
    }

    private static Origin label(TraceContext trace) {
        return new Origin("labels", 3, 14, new byte[] {1}, new byte[] {9, 8}, trace);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    @Test
    void shouldReadAndWriteALabelAsVersion1Did() {
        Serde<Origin> serde = OriginSerde.of("labels");

        Origin read = serde.deserializer().deserialize("", bytes(ONE));

        assertThat(read.place()).isEqualTo("labels-3@42");
        assertThat(read.key()).isEqualTo("k".getBytes(StandardCharsets.UTF_8));
        assertThat(read.value()).containsExactly(0, 1);
        assertThat(serde.serializer().serialize("", read)).isEqualTo(bytes(ONE));
    }

    @Test
    void shouldReadAndWriteWaitingLabelsAsVersion1Did() {
        Serde<List<OriginSerde.Waiting>> serde = OriginSerde.listOf("labels");

        List<OriginSerde.Waiting> read = serde.deserializer().deserialize("", bytes(LIST));

        assertThat(read).extracting(OriginSerde.Waiting::deadlineMs).containsExactly(1L, 2L);
        assertThat(read.get(1).label().place()).isEqualTo("labels-3@42");
        assertThat(serde.serializer().serialize("", read)).isEqualTo(bytes(LIST));
    }
}
