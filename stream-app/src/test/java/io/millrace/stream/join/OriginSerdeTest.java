package io.millrace.stream.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.stream.flow.Origin;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.junit.jupiter.api.Test;

/** The one format of the stores that is not Avro: bytes of version 1 lie in stores and internal topics. */
class OriginSerdeTest {
    private static final String ONE = "00000003" + "000000000000002a" + "00000001" + "6b" + "00000002" + "0001";
    private static final String LIST = "00000002" + "0000000000000001" + ONE + "0000000000000002" + ONE;

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
