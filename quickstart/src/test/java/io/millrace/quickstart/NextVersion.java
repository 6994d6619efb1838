package io.millrace.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.LockedSchemaIds.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * The release after this one, as far as its records go: each has one more field, and each enum one more symbol. What it
 * reads and writes goes through Avro's generic code, not through ours.
 */
final class NextVersion {
    /** The field that every record has more. */
    static final String FIELD = "ofNextVersion";
    /** The symbol that every enum has more. */
    static final String SYMBOL = "OF_NEXT_VERSION";

    private static final int HEADER_BYTES = 5;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LockedSchemaIds locked = LockedSchemaIds.load();

    /** The next schema of a record. */
    Schema schema(String recordName) {
        try {
            JsonNode text = JSON.readTree(newest(recordName).schema().toString());
            evolve(text, true);
            return new Schema.Parser().parse(text.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its id. */
    int id(String recordName) {
        return 1_000 + newest(recordName).id();
    }

    /** Reads bytes that this release wrote, as the next one reads them. */
    GenericRecord read(byte[] framed) {
        Schema written =
                locked.schemaFor(ByteBuffer.wrap(framed, 1, Integer.BYTES).getInt());
        return decode(framed, written, schema(written.getFullName()));
    }

    /** Writes a record of the next version. */
    byte[] write(GenericRecord record) {
        return framed(id(record.getSchema().getFullName()), record);
    }

    /** A record behind its id, written by Avro itself. */
    static byte[] framed(int id, GenericRecord record) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(
                ByteBuffer.allocate(HEADER_BYTES).put((byte) 0).putInt(id).array());
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
        try {
            new GenericDatumWriter<>(record.getSchema()).write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** What this release wrote, as the next one writes it, with its own field set. */
    byte[] rewritten(byte[] framed) {
        return rewritten(framed, record -> {});
    }

    byte[] rewritten(byte[] framed, Consumer<GenericRecord> change) {
        GenericRecord record = read(framed);
        record.put(FIELD, "set");
        change.accept(record);
        return write(record);
    }

    /** A symbol that this release does not know. */
    static Object symbol(GenericRecord record, String field) {
        return new GenericData.EnumSymbol(record.getSchema().getField(field).schema(), SYMBOL);
    }

    /** Writes the lock file of the next release, to be put in front of a class path. */
    void writeLock(Path directory) throws IOException {
        Path history = Files.createDirectories(directory.resolve("schema-history"));
        StringBuilder lock = new StringBuilder(new String(resource("/schema-ids.lock"), StandardCharsets.UTF_8));
        for (Entry entry : locked.entries()) {
            if (entry.equals(newest(entry.recordName()))) {
                String file = entry.schema().getName() + "-next.avsc";
                Files.writeString(
                        history.resolve(file), schema(entry.recordName()).toString());
                lock.append("\n%d %s %d %s"
                        .formatted(id(entry.recordName()), entry.recordName(), entry.version() + 1, file));
            }
        }
        Files.writeString(directory.resolve("schema-ids.lock"), lock);
    }

    private static GenericRecord decode(byte[] framed, Schema written, Schema wanted) {
        try {
            return new GenericDatumReader<GenericRecord>(written, wanted)
                    .read(
                            null,
                            DecoderFactory.get()
                                    .binaryDecoder(framed, HEADER_BYTES, framed.length - HEADER_BYTES, null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Entry newest(String recordName) {
        return locked.latest(recordName).orElseThrow();
    }

    private static void evolve(JsonNode node, boolean top) {
        if (node.path("type").asText().equals("enum")) {
            ((ArrayNode) node.get("symbols")).add(SYMBOL);
        }
        if (top) {
            ObjectNode field = ((ArrayNode) node.get("fields")).addObject();
            field.put("name", FIELD).put("doc", "Set by the next version.").putNull("default");
            field.putArray("type").add("null").add("string");
        }
        node.forEach(child -> evolve(child, false));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = NextVersion.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
