package io.millrace.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Schema ids from the checked-in {@code schema-ids.lock}: no registry needed, and the same ids in every process.
 *
 * <p>Each line is {@code <id> <record name> <version> <resource>}. A line is never changed or removed once released,
 * because topics hold records written under its id; a changed schema gets a new line.
 */
public final class LockedSchemaIds implements SchemaIds {
    static final String LOCK = "/schema-ids.lock";

    /** One line of the lock file. */
    public record Entry(int id, String recordName, int version, Schema schema) {}

    private final List<Entry> entries;

    private LockedSchemaIds(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** Reads the lock file and every schema it names from the class path. */
    public static LockedSchemaIds load() {
        List<Entry> entries = new ArrayList<>();
        for (String line : resource(LOCK).split("\n")) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            List<String> words = List.of(line.trim().split(" +"));
            Schema schema = new Schema.Parser().parse(resource("/schema-history/" + words.get(3)));
            entries.add(
                    new Entry(Integer.parseInt(words.get(0)), words.get(1), Integer.parseInt(words.get(2)), schema));
        }
        return new LockedSchemaIds(entries);
    }

    /** All entries in the order of their ids. */
    public List<Entry> entries() {
        return entries;
    }

    /** The newest entry of a record, by its full name. */
    public Optional<Entry> latest(String recordName) {
        return entries.stream()
                .filter(entry -> entry.recordName().equals(recordName))
                .reduce((older, newer) -> newer);
    }

    @Override
    public int idFor(String subject, Schema schema) {
        return entries.stream()
                .filter(entry -> entry.schema().equals(schema))
                .findFirst()
                .orElseThrow(() -> new UnknownSchemaException("schema " + schema.getFullName() + " of subject "
                        + subject + " is not in " + LOCK + ": add it under a new id (see CONTRIBUTING.md)"))
                .id();
    }

    @Override
    public Schema schemaFor(int id) {
        return entries.stream()
                .filter(entry -> entry.id() == id)
                .findFirst()
                .orElseThrow(() -> new UnknownSchemaException("schema id " + id + " is not in " + LOCK))
                .schema();
    }

    private static String resource(String name) {
        try (InputStream in = LockedSchemaIds.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is missing from the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
