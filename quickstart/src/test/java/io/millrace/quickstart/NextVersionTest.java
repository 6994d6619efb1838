package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.record.IndexedFrame;
import io.millrace.schemas.AvroDeserializer;
import io.millrace.schemas.AvroSerializer;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.SchemaIds;
import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
import io.millrace.schemas.UnknownSchemaException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.RandomData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Releases run side by side during an upgrade and after a rollback: each reads what the other wrote. */
class NextVersionTest {
    private static final int RECORDS = 50;

    private final NextVersion next = new NextVersion();
    private final LockedSchemaIds locked = LockedSchemaIds.load();

    static Stream<Class<? extends SpecificRecord>> records() {
        return Stream.concat(
                new Topics("millrace.", LockedSchemaIds.load()).all().stream().map(Topic::type),
                Stream.of(IndexedFrame.class));
    }

    /** Ids as a registry, or a newer lock file, has them: of this release and of the next. */
    private final SchemaIds both = new SchemaIds() {
        @Override
        public int idFor(String subject, Schema schema) {
            return locked.idFor(subject, schema);
        }

        @Override
        public Schema schemaFor(int id) {
            return id < 1_000
                    ? locked.schemaFor(id)
                    : next.schema(locked.schemaFor(id - 1_000).getFullName());
        }
    };

    @ParameterizedTest
    @MethodSource("records")
    <V extends SpecificRecord> void shouldReadWhatTheNextVersionWritesAndTheOtherWayRound(Class<V> type)
            throws Exception {
        Schema evolved = next.schema(type.getName());
        AvroDeserializer<V> reader = new AvroDeserializer<>(both, type);
        AvroSerializer<V> writer = new AvroSerializer<>(both);
        for (Object random : new RandomData(evolved, RECORDS, 7)) {
            byte[] ofNext = next.write((GenericRecord) random);

            V read = reader.deserialize("topic", ofNext);
            GenericRecord readAgain = next.read(writer.serialize("topic", read));

            // What both know has gone there and back; what this release does not know has its default.
            assertThat(readAgain.get(NextVersion.FIELD)).isNull();
            V twice = reader.deserialize("topic", next.write(readAgain));
            assertThat(twice).isEqualTo(read);
        }
    }

    @ParameterizedTest
    @MethodSource("records")
    <V extends SpecificRecord> void shouldReadEveryVersionThatWasEverLocked(Class<V> type) throws Exception {
        AvroDeserializer<V> reader = new AvroDeserializer<>(locked, type);
        AvroSerializer<V> writer = new AvroSerializer<>(locked);
        List<LockedSchemaIds.Entry> versions = locked.entries().stream()
                .filter(entry -> entry.recordName().equals(type.getName()))
                .toList();
        assertThat(versions).isNotEmpty();
        for (LockedSchemaIds.Entry version : versions) {
            for (Object random : new RandomData(version.schema(), RECORDS, 8)) {
                byte[] old = NextVersion.framed(version.id(), (GenericRecord) random);

                byte[] inUse = writer.serialize("topic", reader.deserialize("topic", old));

                // A process of the old version reads on after the upgrade.
                Schema written = locked.latest(type.getName()).orElseThrow().schema();
                assertThat(new GenericDatumReader<GenericRecord>(written, version.schema())
                                .read(null, DecoderFactory.get().binaryDecoder(inUse, 5, inUse.length - 5, null)))
                        .isNotNull();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("records")
    <V extends SpecificRecord> void shouldRefuseTheNextVersionWhenNobodyToldItsIds(Class<V> type) {
        AvroDeserializer<V> reader = new AvroDeserializer<>(locked, type);
        byte[] ofNext = next.write((GenericRecord)
                new RandomData(next.schema(type.getName()), 1, 9).iterator().next());

        assertThatThrownBy(() -> reader.deserialize("topic", ofNext)).isInstanceOf(UnknownSchemaException.class);
    }
}
