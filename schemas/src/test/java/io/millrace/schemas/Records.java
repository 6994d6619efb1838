package io.millrace.schemas;

import io.millrace.record.Frame;
import io.millrace.record.IndexedFrame;
import io.millrace.record.LabelEvent;
import io.millrace.record.LabelRequest;
import io.millrace.record.LabeledFrame;
import io.millrace.record.LedgerRow;
import io.millrace.record.ModelAlias;
import io.millrace.record.ModelEvent;
import io.millrace.record.ModelVersion;
import io.millrace.record.Outcome;
import io.millrace.record.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.RandomData;

/** Every record that has a schema id, and random values of them. */
final class Records {
    static final List<Class<? extends SpecificRecord>> ALL = List.of(
            Frame.class,
            LabelEvent.class,
            LabeledFrame.class,
            Prediction.class,
            Outcome.class,
            LabelRequest.class,
            ModelVersion.class,
            ModelAlias.class,
            LedgerRow.class,
            ModelEvent.class,
            IndexedFrame.class);

    private Records() {}

    static Schema schemaOf(Class<? extends SpecificRecord> type) {
        return SpecificData.get().getSchema(type);
    }

    /** Framed bytes of random values, written by Avro's generic writer, not by ours. */
    static Stream<byte[]> randomBytes(Schema schema, int id, int count, long seed) {
        return StreamSupport.stream(new RandomData(schema, count, seed).spliterator(), false)
                .map(value -> framed(schema, id, value));
    }

    static byte[] framed(Schema schema, int id, Object value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        try {
            new GenericDatumWriter<>(schema).write(value, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
