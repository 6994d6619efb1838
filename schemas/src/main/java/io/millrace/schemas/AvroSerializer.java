package io.millrace.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Writes Avro behind Confluent framing: {@code 0x00}, the schema id in four bytes big-endian, Avro binary. */
public final class AvroSerializer<T extends SpecificRecord> implements Serializer<T> {
    static final byte MAGIC = 0;
    static final int HEADER_BYTES = 5;

    static {
        TrustedRecords.areTrusted();
    }

    private final SchemaIds ids;
    private final ConcurrentMap<String, Integer> idsByTopic = new ConcurrentHashMap<>();

    /** @param ids where the id of the writer schema comes from; it is asked once a topic */
    public AvroSerializer(SchemaIds ids) {
        this.ids = ids;
    }

    @Override
    public byte @Nullable [] serialize(String topic, @Nullable T data) {
        if (data == null) {
            return null;
        }
        int id = idsByTopic.computeIfAbsent(topic, name -> ids.idFor(name + "-value", data.getSchema()));
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        out.writeBytes(ByteBuffer.allocate(HEADER_BYTES).put(MAGIC).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        try {
            new SpecificDatumWriter<T>(data.getSchema()).write(data, encoder);
            encoder.flush();
        } catch (IOException | RuntimeException e) {
            throw new SerializationException("cannot write " + data.getSchema().getFullName() + " to " + topic, e);
        }
        return out.toByteArray();
    }
}
