package io.millrace.stream.join;

import io.millrace.schemas.TraceContext;
import io.millrace.stream.flow.Origin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.jspecify.annotations.Nullable;

/**
 * Raw labels on internal topics and in stores: their place, key and value as they came, so that a label that ends as a
 * dead letter hours later is still the same bytes. Traces stand behind everything else, and only where there are any: who
 * does not know them does not see them.
 */
final class OriginSerde {
    /**
     * A label that waits for its frame.
     *
     * @param deadlineMs wall-clock after which it waits no more
     * @param label the label as it came
     */
    record Waiting(long deadlineMs, Origin label) {}

    private OriginSerde() {}

    /** Raw records of one topic, whose key and value are not null. */
    static Serde<Origin> of(String topic) {
        return Serdes.serdeFrom(
                (ignored, origin) -> origin == null ? null : written(out -> writeTraced(out, origin)),
                (ignored, bytes) -> bytes == null ? null : read(bytes, in -> traced(in, read(in, topic))));
    }

    /** Labels that wait for one frame, in the order of their arrival. */
    static Serde<List<Waiting>> listOf(String topic) {
        return Serdes.serdeFrom(
                (ignored, list) -> list == null ? null : written(out -> writeList(out, list)),
                (ignored, bytes) -> bytes == null ? null : read(bytes, in -> readList(in, topic)));
    }

    private static void writeList(DataOutputStream out, List<Waiting> list) throws IOException {
        out.writeInt(list.size());
        for (Waiting waiting : list) {
            out.writeLong(waiting.deadlineMs());
            write(out, waiting.label());
        }
        if (list.stream().anyMatch(waiting -> !waiting.label().trace().equals(TraceContext.NONE))) {
            for (Waiting waiting : list) {
                write(out, waiting.label().trace());
            }
        }
    }

    private static List<Waiting> readList(DataInputStream in, String topic) throws IOException {
        int size = in.readInt();
        List<Waiting> list = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            list.add(new Waiting(in.readLong(), read(in, topic)));
        }
        for (int i = 0; in.available() > 0; i++) {
            list.set(
                    i,
                    new Waiting(list.get(i).deadlineMs(), traced(in, list.get(i).label())));
        }
        return list;
    }

    private static void writeTraced(DataOutputStream out, Origin origin) throws IOException {
        write(out, origin);
        if (!origin.trace().equals(TraceContext.NONE)) {
            write(out, origin.trace());
        }
    }

    private static void write(DataOutputStream out, TraceContext trace) throws IOException {
        out.writeUTF(trace.parent());
        out.writeUTF(trace.state());
    }

    private static Origin traced(DataInputStream in, Origin origin) throws IOException {
        if (in.available() == 0) {
            return origin;
        }
        TraceContext trace = TraceContext.of(in.readUTF(), in.readUTF());
        return new Origin(origin.topic(), origin.partition(), origin.offset(), origin.key(), origin.value(), trace);
    }

    private static void write(DataOutputStream out, Origin origin) throws IOException {
        out.writeInt(origin.partition());
        out.writeLong(origin.offset());
        write(out, origin.key());
        write(out, origin.value());
    }

    private static void write(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
        if (bytes == null) {
            throw new IllegalStateException("expected a label that passed ingest, got one without key or value");
        }
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static Origin read(DataInputStream in, String topic) throws IOException {
        int partition = in.readInt();
        long offset = in.readLong();
        byte[] key = in.readNBytes(in.readInt());
        byte[] value = in.readNBytes(in.readInt());
        return new Origin(topic, partition, offset, key, value, TraceContext.NONE);
    }

    private static byte[] written(Writing writing) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writing.to(new DataOutputStream(out));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static <T> T read(byte[] bytes, Reading<T> reading) {
        try {
            return reading.from(new DataInputStream(new ByteArrayInputStream(bytes)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Writing {
        void to(DataOutputStream out) throws IOException;
    }

    private interface Reading<T> {
        T from(DataInputStream in) throws IOException;
    }
}
