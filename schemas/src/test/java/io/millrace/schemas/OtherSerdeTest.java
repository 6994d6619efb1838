package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.apicurio.registry.resolver.client.RegistryArtifactReference;
import io.apicurio.registry.resolver.client.RegistryClientFacade;
import io.apicurio.registry.resolver.client.RegistryVersionCoordinates;
import io.apicurio.registry.resolver.strategy.ArtifactReference;
import io.apicurio.registry.serde.avro.AvroKafkaDeserializer;
import io.apicurio.registry.serde.avro.AvroKafkaSerializer;
import io.millrace.schemas.LockedSchemaIds.Entry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Apicurio's serde, written by others for the same wire format, reads what we write and writes what we read. */
class OtherSerdeTest {
    private static final int VALUES = 20;

    private final LockedSchemaIds ids = LockedSchemaIds.load();

    static List<Class<? extends SpecificRecord>> records() {
        return Records.ALL;
    }

    @ParameterizedTest
    @MethodSource("records")
    void shouldBeReadByOthersWhenWeWrite(Class<? extends SpecificRecord> type) {
        weWrite(type);
    }

    @ParameterizedTest
    @MethodSource("records")
    void shouldReadWhatOthersWrite(Class<? extends SpecificRecord> type) {
        theyWrite(type);
    }

    private <T extends SpecificRecord> void weWrite(Class<T> type) {
        // Given
        Schema schema = Records.schemaOf(type);
        AvroDeserializer<T> ourReader = new AvroDeserializer<>(ids, type);
        AvroSerializer<T> ours = new AvroSerializer<>(ids);
        try (AvroKafkaDeserializer<GenericRecord> theirs = new AvroKafkaDeserializer<>(new Registry(ids))) {
            theirs.configure(Map.of(), false);
            Records.randomBytes(schema, ids.idFor("t-value", schema), VALUES, 5).forEach(bytes -> {
                byte[] written = ours.serialize("t", ourReader.deserialize("t", bytes));
                // When
                GenericRecord read = theirs.deserialize("t", new RecordHeaders(), written);
                // Then
                assertThat(GenericData.get().compare(read, generic(schema, written), withoutMaps(schema)))
                        .isZero();
                assertThat(read.getSchema().getFullName()).isEqualTo(type.getName());
            });
        }
    }

    private <T extends SpecificRecord> void theyWrite(Class<T> type) {
        // Given
        Schema schema = Records.schemaOf(type);
        AvroDeserializer<T> ours = new AvroDeserializer<>(ids, type);
        try (AvroKafkaSerializer<GenericRecord> theirs = new AvroKafkaSerializer<>(new Registry(ids))) {
            theirs.configure(Map.of("apicurio.registry.dereference-schema", "true"), false);
            Records.randomBytes(schema, ids.idFor("t-value", schema), VALUES, 6).forEach(bytes -> {
                byte[] written = theirs.serialize("t", new RecordHeaders(), generic(schema, bytes));
                // When
                T read = ours.deserialize("t", written);
                // Then
                assertThat(written[0]).isZero();
                assertThat(read).isEqualTo(ours.deserialize("t", bytes));
            });
        }
    }

    /** Avro cannot compare maps; it skips fields whose order is to be ignored. */
    private static Schema withoutMaps(Schema schema) {
        return new Schema.Parser()
                .parse(schema.toString()
                        .replace("\"type\":{\"type\":\"map\"", "\"order\":\"ignore\",\"type\":{\"type\":\"map\""));
    }

    private static GenericRecord generic(Schema schema, byte[] framed) {
        try {
            return new GenericDatumReader<GenericRecord>(schema)
                    .read(null, DecoderFactory.get().binaryDecoder(framed, 5, framed.length - 5, null));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Our locked schemas in the form that their client asks for: by content id, and by content. */
    private record Registry(LockedSchemaIds ids) implements RegistryClientFacade {
        @Override
        public String getSchemaByContentId(Long contentId) {
            return ids.schemaFor(contentId.intValue()).toString();
        }

        @Override
        public String getSchemaByGlobalId(long globalId, boolean dereference) {
            return getSchemaByContentId(globalId);
        }

        @Override
        public List<RegistryVersionCoordinates> searchVersionsByContent(
                String schema, String artifactType, ArtifactReference reference, boolean canonical) {
            Schema wanted = new Schema.Parser().parse(schema);
            return ids.entries().stream()
                    .filter(entry -> entry.schema().equals(wanted))
                    .map(Registry::coordinates)
                    .toList();
        }

        @Override
        public RegistryVersionCoordinates createSchema(
                String artifactType,
                String groupId,
                String artifactId,
                String version,
                String autoCreateBehavior,
                boolean canonical,
                String schema,
                Set<RegistryArtifactReference> references) {
            throw new UnsupportedOperationException("nothing is registered in passing");
        }

        @Override
        public String getSchemaByGAV(String groupId, String artifactId, String version) {
            throw new UnsupportedOperationException("expected a question by id or content");
        }

        @Override
        public String getSchemaByContentHash(String contentHash) {
            throw new UnsupportedOperationException("expected a question by id or content");
        }

        @Override
        public RegistryVersionCoordinates getVersionCoordinatesByGAV(
                String groupId, String artifactId, String version) {
            throw new UnsupportedOperationException("expected a question by id or content");
        }

        @Override
        public List<RegistryArtifactReference> getReferencesByContentId(long contentId) {
            return List.of();
        }

        @Override
        public List<RegistryArtifactReference> getReferencesByGlobalId(long globalId) {
            return List.of();
        }

        @Override
        public List<RegistryArtifactReference> getReferencesByGAV(String groupId, String artifactId, String version) {
            return List.of();
        }

        @Override
        public List<RegistryArtifactReference> getReferencesByContentHash(String contentHash) {
            return List.of();
        }

        @Override
        public Object getClient() {
            return ids;
        }

        private static RegistryVersionCoordinates coordinates(Entry entry) {
            long id = entry.id();
            return RegistryVersionCoordinates.create(
                    id, id, "default", entry.recordName(), Integer.toString(entry.version()));
        }
    }
}
