package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schemas.LockedSchemaIds.Entry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidator;
import org.apache.avro.SchemaValidatorBuilder;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The lock file is the promise to everyone who holds records: old ids stay, and all versions read each other. */
class SchemaLockTest {
    private static final SchemaValidator MUTUAL =
            new SchemaValidatorBuilder().mutualReadStrategy().validateAll();

    private final LockedSchemaIds locked = LockedSchemaIds.load();

    static List<Class<? extends SpecificRecord>> records() {
        return Records.ALL;
    }

    @ParameterizedTest
    @MethodSource("records")
    void shouldLockTheSchemaInUseUnderTheNewestVersion(Class<? extends SpecificRecord> type) {
        // Given
        Schema inUse = Records.schemaOf(type);
        // When
        Entry newest = locked.latest(type.getName()).orElseThrow();
        // Then
        int next = newest.version() + 1;
        String file = type.getSimpleName() + "-v" + next + ".avsc";
        assertThat(newest.schema())
                .as(
                        "%s.avsc differs from its newest locked version. Records of that version lie in topics, so it stays:"
                                + " put this schema into schema-history/%s and append the line '%d %s %d %s' to"
                                + " schema-ids.lock. The schema: %s",
                        type.getSimpleName(), file, locked.entries().size() + 1, type.getName(), next, file, inUse)
                .isEqualTo(inUse);
    }

    @Test
    void shouldLockEveryRecordOfEveryTopic() {
        // Given
        Topics topics = new Topics("millrace.", locked);
        // When
        Set<String> inTopics =
                topics.all().stream().map(topic -> topic.type().getName()).collect(Collectors.toSet());
        // Then
        assertThat(locked.entries().stream().map(Entry::recordName)).containsAll(inTopics);
        assertThat(Records.ALL.stream().map(Class::getName)).containsAll(inTopics);
    }

    @Test
    void shouldCountIdsAndVersionsWithoutGapOrRepetition() {
        // Given
        Map<String, List<Integer>> versions = new TreeMap<>();
        // When
        for (int i = 0; i < locked.entries().size(); i++) {
            Entry entry = locked.entries().get(i);
            versions.computeIfAbsent(entry.recordName(), name -> new ArrayList<>())
                    .add(entry.version());
            // Then
            assertThat(entry.id()).as(entry.recordName()).isEqualTo(i + 1);
            assertThat(entry.schema().getFullName()).isEqualTo(entry.recordName());
        }
        versions.forEach((name, numbers) -> {
            for (int i = 0; i < numbers.size(); i++) {
                assertThat(numbers.get(i)).as(name).isEqualTo(i + 1);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("records")
    void shouldReadEachOtherWhenVersionsDiffer(Class<? extends SpecificRecord> type) throws SchemaValidationException {
        // Given
        List<Schema> versions = locked.entries().stream()
                .filter(entry -> entry.recordName().equals(type.getName()))
                .map(Entry::schema)
                .toList();
        // When
        for (Schema version : versions) {
            // Then
            MUTUAL.validate(version, versions);
        }
        assertThat(versions).isNotEmpty();
    }

    @Test
    void shouldRefuseWhenChangeIsIncompatible() {
        // Given
        Schema before =
                locked.latest("io.millrace.record.LabelEvent").orElseThrow().schema();
        String text = before.toString();
        Schema withoutDefault = new Schema.Parser()
                .parse(text.replaceFirst(
                        "\"fields\":\\[",
                        "\"fields\":[{\"name\":\"added\",\"type\":\"int\",\"doc\":\"No default.\"},"));
        Schema otherType = new Schema.Parser()
                .parse(text.replaceFirst(
                        "\"name\":\"annotator\",\"type\":(\\{[^}]*}|\"string\")",
                        "\"name\":\"annotator\",\"type\":\"int\""));
        assertThat(List.of(withoutDefault, otherType)).doesNotContain(before);
        // When
        assertThatThrownBy(() -> MUTUAL.validate(withoutDefault, List.of(before)))
                // Then
                .isInstanceOf(SchemaValidationException.class);
        assertThatThrownBy(() -> MUTUAL.validate(otherType, List.of(before)))
                .isInstanceOf(SchemaValidationException.class);
    }

    @ParameterizedTest
    @MethodSource("records")
    void shouldExplainEveryFieldAndDefaultEveryEnum(Class<? extends SpecificRecord> type) {
        // When
        List<String> missing = missing(Records.schemaOf(type), new HashSet<>());
        // Then
        assertThat(missing).isEmpty();
    }

    @Test
    void shouldNoticeWhenDocOrDefaultIsMissing() {
        // Given
        Schema bare = new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"f\",\"type\":"
                        + "{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\"]}}]}");
        // When
        List<String> missing = missing(bare, new HashSet<>());
        // Then
        assertThat(missing).containsExactlyInAnyOrder("doc of R", "doc of R.f", "doc of E", "default of E");
    }

    private static List<String> missing(Schema schema, Set<String> seen) {
        List<String> missing = new ArrayList<>();
        switch (schema.getType()) {
            case RECORD:
                if (seen.add(schema.getFullName())) {
                    require(schema.getDoc(), "doc of " + schema.getFullName(), missing);
                    for (Schema.Field field : schema.getFields()) {
                        require(field.doc(), "doc of " + schema.getFullName() + "." + field.name(), missing);
                        missing.addAll(missing(field.schema(), seen));
                    }
                }
                break;
            case ENUM:
                require(schema.getDoc(), "doc of " + schema.getFullName(), missing);
                require(schema.getEnumDefault(), "default of " + schema.getFullName(), missing);
                break;
            case ARRAY:
                missing.addAll(missing(schema.getElementType(), seen));
                break;
            case MAP:
                missing.addAll(missing(schema.getValueType(), seen));
                break;
            case UNION:
                schema.getTypes().forEach(type -> missing.addAll(missing(type, seen)));
                break;
            default:
        }
        return missing;
    }

    private static void require(String text, String what, List<String> missing) {
        if (text == null || text.isBlank()) {
            missing.add(what);
        }
    }
}
