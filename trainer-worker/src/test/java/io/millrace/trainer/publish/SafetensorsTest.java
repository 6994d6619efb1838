package io.millrace.trainer.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.trainer.model.Tensor;
import io.millrace.trainer.publish.Safetensors.Contents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SafetensorsTest {
    private static final Contents TWO = new Contents(
            List.of(
                    new Tensor("stem.weight", List.of(2, 3), new float[] {1, -2, 3, 4, 5.5f, -0f}),
                    Tensor.vector("b", 7)),
            Map.of("format", "test", "text", "größer"));

    @Test
    void shouldReadBackWhatWasWritten() throws IOException {
        Contents read = Safetensors.decode(Safetensors.encode(TWO));

        assertThat(read.metadata()).isEqualTo(TWO.metadata());
        assertThat(read.tensors()).hasSize(2);
        assertThat(read.tensors().get(0).name()).isEqualTo("stem.weight");
        assertThat(read.tensors().get(0).shape()).containsExactly(2, 3);
        assertThat(read.tensors().get(0).values()).containsExactly(1, -2, 3, 4, 5.5f, -0f);
        assertThat(read.tensors().get(1).values()).containsExactly(7);
    }

    @Test
    void shouldStartValuesOnEightByteBoundariesWhenWritten() {
        byte[] bytes = Safetensors.encode(TWO);

        assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8)
                .isZero();
    }

    @Test
    void shouldRefuseEveryTruncation() {
        byte[] bytes = Safetensors.encode(TWO);

        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> Safetensors.decode(cut)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldRefuseOrReadWhenHeaderBitsFlip() throws IOException {
        byte[] good = Safetensors.encode(TWO);
        SplittableRandom random = new SplittableRandom(1);
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] bad = good.clone();
            bad[random.nextInt(good.length - 28)] ^= (byte) (1 << random.nextInt(8));
            try {
                Safetensors.decode(bad);
            } catch (IOException e) {
                refused++;
            }
        }
        // Anything but an IOException fails the test; flips inside names and texts are legal files.
        assertThat(refused).isGreaterThan(2_500);
    }

    @Test
    void shouldRefuseAForgedHeaderLengthWithoutAllocating() {
        for (long length : new long[] {-1, 0x7fffffffL, 1L << 40, Long.MIN_VALUE}) {
            byte[] bytes = ByteBuffer.allocate(64)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(length)
                    .array();
            assertThatThrownBy(() -> Safetensors.decode(bytes)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void shouldRefuseGapsAndOverlaps() {
        String gap = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}";
        String overlap = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}";
        for (String header : List.of(gap, overlap)) {
            byte[] text = header.getBytes(StandardCharsets.UTF_8);
            byte[] bytes = ByteBuffer.allocate(8 + text.length + 8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(text.length)
                    .put(text)
                    .array();
            assertThatThrownBy(() -> Safetensors.decode(bytes))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("expected values from byte");
        }
    }

    @Test
    void shouldNeitherWriteNorReadAnArtifactWithANonFiniteValue() {
        List<Tensor> broken = List.of(Tensor.vector("w", 1, Float.NaN));

        assertThatThrownBy(() -> Artifact.write(broken)).isInstanceOf(IllegalStateException.class);
        byte[] bytes = Safetensors.encode(new Contents(broken, Map.of()));
        assertThatThrownBy(() -> Artifact.read(bytes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("index 1");
    }
}
