package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Model;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.S3Client;

/** The bill of materials of a whole build names the libraries that really run. A build of some modules has none of it. */
class BomTest {
    private static final Path BOM = Path.of("..", "target", "bom.json");

    @ParameterizedTest
    @ValueSource(
            classes = {
                KafkaProducer.class,
                KafkaStreams.class,
                Model.class,
                Schema.class,
                MeterRegistry.class,
                S3Client.class
            })
    void shouldNameTheLibraryThatRuns(Class<?> type) throws IOException {
        Set<String> listed = jars();

        assertThat(listed).contains(jarOf(type));
    }

    @Test
    void shouldNotNameWhatIsForTestsOnly() throws IOException {
        assertThat(jars()).noneMatch(jar -> jar.startsWith("assertj") || jar.startsWith("junit"));
    }

    private static Set<String> jars() throws IOException {
        assumeTrue(Files.exists(BOM), "built offline");
        Set<String> jars = new TreeSet<>();
        for (JsonNode component : new ObjectMapper().readTree(BOM.toFile()).required("components")) {
            jars.add(component.required("name").asText() + "-"
                    + component.required("version").asText() + ".jar");
        }
        assumeTrue(jars.stream().anyMatch(jar -> jar.startsWith("quickstart-")), "built in part");
        return jars;
    }

    private static String jarOf(Class<?> type) {
        String path = type.getProtectionDomain().getCodeSource().getLocation().getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
