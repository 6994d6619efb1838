package io.millrace.benchmarks.learning;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.millrace.benchmarks.learning.RunRow.Key;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finished runs in a CSV file (RFC 4180, UTF-8, a header), one line each, appended and forced to the disk as soon as a run
 * ends. A line that a killed process left half written has no end: it is cut off. For one process at a time.
 */
final class ResultsTable {
    private static final CsvMapper CSV = CsvMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final CsvSchema SCHEMA =
            CSV.schemaFor(RunRow.class).withLineSeparator("\n").withoutHeader();
    private static final ObjectWriter WRITER = CSV.writer(SCHEMA);
    private static final ObjectReader READER =
            CSV.readerFor(RunRow.class).with(CsvSchema.emptySchema().withHeader());

    private final Path file;
    private final Map<Key, RunRow> rows = new LinkedHashMap<>();

    private ResultsTable(Path file) {
        this.file = file;
    }

    /** Reads what is there; a file that is not there has no runs. */
    static ResultsTable at(Path file) throws IOException {
        ResultsTable table = new ResultsTable(file);
        for (RunRow row : read(file)) {
            table.rows.put(row.key(), row);
        }
        return table;
    }

    /** All runs, in the order in which they ended. */
    List<RunRow> rows() {
        return List.copyOf(rows.values());
    }

    /** A finished run. */
    Optional<RunRow> find(Key key) {
        return Optional.ofNullable(rows.get(key));
    }

    /** Adds a finished run. @throws IllegalArgumentException when it is there already */
    void add(RunRow row) throws IOException {
        if (rows.putIfAbsent(row.key(), row) != null) {
            throw new IllegalArgumentException("expected a run that is not there yet, got " + row.key());
        }
        String written = Files.exists(file) ? Files.readString(file) : "";
        if (written.startsWith(header()) && written.endsWith("\n")) {
            Files.writeString(
                    file, WRITER.writeValueAsString(row), StandardOpenOption.APPEND, StandardOpenOption.DSYNC);
        } else {
            rewrite(); // new, cut off, or of other columns
        }
    }

    private void rewrite() throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        StringBuilder all = new StringBuilder(header());
        for (RunRow row : rows.values()) {
            all.append(WRITER.writeValueAsString(row));
        }
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(beside, all);
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String header() {
        List<String> names = new ArrayList<>();
        SCHEMA.forEach(column -> names.add(column.getName()));
        return String.join(",", names) + "\n";
    }

    private static List<RunRow> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        String written = Files.readString(file, StandardCharsets.UTF_8);
        String whole = written.substring(0, written.lastIndexOf('\n') + 1);
        if (whole.isEmpty()) {
            return List.of();
        }
        try (MappingIterator<RunRow> lines = READER.readValues(whole)) {
            return lines.readAll();
        }
    }
}
