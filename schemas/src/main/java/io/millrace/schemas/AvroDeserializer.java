package io.millrace.schemas;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads Avro behind Confluent framing. The writer's schema comes from its id, never from the record; the reader's is
 * compiled in. Whatever the bytes are, the outcome is a record, a {@link SerializationException} (the record is bad) or
 * a {@link org.apache.kafka.common.errors.RetriableException} (the registry is).
 */
public final class AvroDeserializer<T extends SpecificRecord> implements Deserializer<T> {
    /** No string or byte array of a sane record is longer; more is refused before it is allocated. */
    private static final String MAX_LENGTH = Integer.toString(64 << 20);

    static {
        TrustedRecords.areTrusted();
        // Read once by Avro when its decoders load: a forged length must not allocate gigabytes.
        for (String limit : new String[] {"bytes.maxLength", "string.maxLength", "collectionItems.maxLength"}) {
            System.getProperties().putIfAbsent("org.apache.avro.limits." + limit, MAX_LENGTH);
        }
    }

    private final SchemaIds ids;
    private final Schema readerSchema;
    private final SpecificData model;

    /**
     * @param ids where writer schemas come from
     * @param type generated record to read into
     */
    public AvroDeserializer(SchemaIds ids, Class<T> type) {
        this.ids = ids;
        this.readerSchema = SpecificData.get().getSchema(type);
        this.model = SpecificData.getForClass(type);
    }

    @Override
    public @Nullable T deserialize(String topic, byte @Nullable [] data) {
        if (data == null) {
            return null;
        }
        if (data.length < AvroSerializer.HEADER_BYTES || data[0] != AvroSerializer.MAGIC) {
            throw new SerializationException(
                    topic + ": expected Confluent framing (0x00 and a schema id), got " + data.length + " other bytes");
        }
        int id = ByteBuffer.wrap(data, 1, Integer.BYTES).getInt();
        Schema writerSchema = ids.schemaFor(id);
        if (!writerSchema.getFullName().equals(readerSchema.getFullName())) {
            throw new SerializationException(topic + ": expected " + readerSchema.getFullName() + ", got schema id "
                    + id + " which is " + writerSchema.getFullName());
        }
        return read(topic, data, writerSchema);
    }

    private T read(String topic, byte[] data, Schema writerSchema) {
        int length = data.length - AvroSerializer.HEADER_BYTES;
        BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(data, AvroSerializer.HEADER_BYTES, length, null);
        try {
            T value = new SpecificDatumReader<T>(writerSchema, readerSchema, model).read(null, decoder);
            if (!decoder.isEnd()) {
                throw new SerializationException(topic + ": bytes left over after " + readerSchema.getFullName());
            }
            return value;
        } catch (IOException
                | AvroRuntimeException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | UnsupportedOperationException e) {
            throw new SerializationException(topic + ": not a readable " + readerSchema.getFullName(), e);
        }
    }
}
