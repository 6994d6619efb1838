package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.record.Frame;
import io.millrace.record.LabelEvent;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AvroSerdeTest {
    private static final int VALUES = 50;

    private final LockedSchemaIds ids = LockedSchemaIds.load();

    static List<Class<? extends SpecificRecord>> records() {
        return Records.ALL;
    }

    @ParameterizedTest
    @MethodSource("records")
    void shouldWriteTheBytesItReadWhenRecordIsSound(Class<? extends SpecificRecord> type) {
        roundTrip(type);
    }

    private <T extends SpecificRecord> void roundTrip(Class<T> type) {
        // Given
        AvroSerializer<T> serializer = new AvroSerializer<>(ids);
        AvroDeserializer<T> deserializer = new AvroDeserializer<>(ids, type);
        Schema schema = Records.schemaOf(type);
        int id = ids.idFor("t-value", schema);
        Records.randomBytes(schema, id, VALUES, 7).forEach(bytes -> {
            // When
            T value = deserializer.deserialize("t", bytes);
            byte[] again = serializer.serialize("t", value);
            // Then
            assertThat(sorted(again)).isEqualTo(sorted(bytes)); // Avro's maps have no order
            assertThat(deserializer.deserialize("t", again)).isEqualTo(value);
        });
    }

    @ParameterizedTest
    @MethodSource("records")
    void shouldRefuseOrReadButNeverFailOtherwiseWhenBytesAreDamaged(Class<? extends SpecificRecord> type) {
        // Given
        AvroDeserializer<? extends SpecificRecord> deserializer = new AvroDeserializer<>(ids, type);
        Schema schema = Records.schemaOf(type);
        Random random = new Random(type.getName().hashCode());
        int id = ids.idFor("t-value", schema);
        int[] refused = {0};
        Records.randomBytes(schema, id, VALUES, 11).forEach(bytes -> {
            for (int i = 0; i < 100; i++) {
                byte[] damaged = damage(bytes, random);
                // When
                try {
                    deserializer.deserialize("t", damaged);
                } catch (SerializationException e) {
                    refused[0]++;
                }
            }
        });
        // Then: any other exception or error has failed the test
        assertThat(refused[0]).isGreaterThan(VALUES * 100 / 4);
    }

    @Test
    void shouldRefuseBeforeAllocatingWhenLengthIsForged() {
        // Given: a string of 2^31 - 8 characters in a record of 15 bytes
        byte[] huge = {0, 0, 0, 0, 2, (byte) 0xF0, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x0F, 'a', 'b', 'c', 'd', 'e'
        };
        byte[] larger = {
            0,
            0,
            0,
            0,
            2,
            (byte) 0xFE,
            (byte) 0xFF,
            (byte) 0xFF,
            (byte) 0xFF,
            (byte) 0xFF,
            (byte) 0xFF,
            (byte) 0xFF,
            (byte) 0xFF,
            0x7F
        };
        byte[] negative = {0, 0, 0, 0, 2, 3};
        for (byte[] forged : List.of(huge, larger, negative)) {
            // When
            assertThatThrownBy(() -> new AvroDeserializer<>(ids, LabelEvent.class).deserialize("t", forged))
                    // Then
                    .isInstanceOf(SerializationException.class);
        }
    }

    @Test
    void shouldRefuseWhenFramingIsNot() {
        // Given
        AvroDeserializer<Frame> deserializer = new AvroDeserializer<>(ids, Frame.class);
        for (byte[] bytes : List.of(new byte[0], new byte[] {0, 0, 0, 0}, new byte[] {1, 0, 0, 0, 1, 2})) {
            // When
            assertThatThrownBy(() -> deserializer.deserialize("t", bytes))
                    // Then
                    .isInstanceOf(SerializationException.class)
                    .hasMessageContaining("t");
        }
        assertThatThrownBy(() -> deserializer.deserialize(
                        "t", ByteBuffer.allocate(9).putInt(1, 999).array()))
                .isInstanceOf(UnknownSchemaException.class);
        assertThat(deserializer.deserialize("t", null)).isNull();
        assertThat(new AvroSerializer<Frame>(ids).serialize("t", null)).isNull();
    }

    @Test
    void shouldRefuseWhenBytesAreLeftOver() {
        // Given
        Schema schema = Records.schemaOf(LabelEvent.class);
        byte[] whole = Records.randomBytes(schema, ids.idFor("t-value", schema), 1, 3)
                .findFirst()
                .orElseThrow();
        // When
        assertThatThrownBy(() -> new AvroDeserializer<>(ids, LabelEvent.class)
                        .deserialize("t", Arrays.copyOf(whole, whole.length + 1)))
                // Then
                .isInstanceOf(SerializationException.class);
    }

    private static byte[] sorted(byte[] bytes) {
        byte[] sorted = bytes.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    private static byte[] damage(byte[] bytes, Random random) {
        byte[] damaged = bytes.clone();
        int body = bytes.length - 5;
        switch (random.nextInt(4)) {
            case 0:
                return Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 1:
                damaged[5 + random.nextInt(body)] ^= (byte) (1 << random.nextInt(8));
                return damaged;
            case 2: // a length or count that says far more than there is
                int at = 5 + random.nextInt(body);
                for (int i = at; i < Math.min(bytes.length, at + 1 + random.nextInt(9)); i++) {
                    damaged[i] = (byte) 0xFF;
                }
                return damaged;
            default:
                byte[] noise = new byte[body];
                random.nextBytes(noise);
                System.arraycopy(noise, 0, damaged, 5, body);
                return damaged;
        }
    }
}
