package io.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.runtime.blob.BlobSettings;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.RegistrySchemaIds;
import io.millrace.schemas.SampleShape;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

class SettingsTest {
    private static final ConfigDef DECLARED = PipelineSettings.declareIn(new ConfigDef());

    @Test
    void shouldHaveDefaultsWhenNothingIsGiven() {
        // When
        PipelineSettings settings = PipelineSettings.from(settings(Map.of()));
        // Then
        assertThat(settings.topicPrefix()).isEqualTo("millrace.");
        assertThat(settings.classes()).hasSize(10).startsWith("T-shirt/top");
        assertThat(settings.frameShape()).isEqualTo(SampleShape.of(1, 28, 28));
        assertThat(settings.schemaIds()).isInstanceOf(LockedSchemaIds.class);
        assertThat(settings.blobStore().address()).isEqualTo("file:data/blobs");
        assertThat(settings.httpHost()).isEqualTo("127.0.0.1");
        assertThat(settings.httpPort()).isZero();
        assertThat(settings.kafka()).containsEntry("bootstrap.servers", "127.0.0.1:9092");
    }

    @Test
    void shouldReadEveryKey() {
        // When
        PipelineSettings settings = PipelineSettings.from(settings(Map.of(
                "pipeline.topic.prefix", "cats.",
                "pipeline.classes", "cat, dog",
                "pipeline.frame.shape", "3, 64",
                "pipeline.schema.registry.url", "http://127.0.0.1:1",
                "pipeline.blob.store", "file:/tmp/blobs",
                "pipeline.http.host", "0.0.0.0",
                "pipeline.http.port", "9999",
                "kafka.bootstrap.servers", "broker:9092",
                "kafka.security.protocol", "SSL")));
        // Then
        assertThat(settings.topics().frames().name()).isEqualTo("cats.frames");
        assertThat(settings.classes()).containsExactly("cat", "dog");
        assertThat(settings.frameShape()).isEqualTo(SampleShape.of(3, 64));
        assertThat(settings.schemaIds()).isInstanceOf(RegistrySchemaIds.class);
        assertThat(settings.blobStore().address()).isEqualTo("file:/tmp/blobs");
        assertThat(settings.httpHost()).isEqualTo("0.0.0.0");
        assertThat(settings.httpPort()).isEqualTo(9999);
        assertThat(settings.kafkaWith(Map.of("bootstrap.servers", "own:1")))
                .containsEntry("bootstrap.servers", "own:1")
                .containsEntry("security.protocol", "SSL");
    }

    @Test
    void shouldReadWhereBlobsLie() {
        // When
        BlobSettings blobs = PipelineSettings.from(settings(Map.of(
                        "pipeline.blob.store", "s3://some.bucket/a/b_1/",
                        "pipeline.blob.max.bytes", "1000",
                        "pipeline.blob.s3.endpoint", "https://s3.example:9000",
                        "pipeline.blob.s3.region", "eu-central-1",
                        "pipeline.blob.s3.path.style", "true",
                        "pipeline.blob.s3.connect.timeout.ms", "1",
                        "pipeline.blob.s3.read.timeout.ms", "2",
                        "pipeline.blob.s3.call.timeout.ms", "3",
                        "pipeline.blob.s3.attempts", "5")))
                .blobStore();
        // Then
        assertThat(blobs)
                .isEqualTo(new BlobSettings(
                        "s3://some.bucket/a/b_1/",
                        1000,
                        new BlobSettings.S3(
                                "https://s3.example:9000",
                                "eu-central-1",
                                true,
                                Duration.ofMillis(1),
                                Duration.ofMillis(2),
                                Duration.ofMillis(3),
                                5)));
        assertThat(blobs.bucket()).isEqualTo("some.bucket");
        assertThat(blobs.keyPrefix()).isEqualTo("a/b_1/");
    }

    @Test
    void shouldRefuseAddressesThatMeanSomethingElse() {
        for (String bad : List.of(
                "s3://",
                "s3://UPPER/x",
                "s3://b",
                "s3://bucket/../other",
                "s3://bucket/./x",
                "s3://bucket//x",
                "s3://bucket/a%2fb",
                "s3://bucket/x?y",
                "s3://bucket/x#y",
                "s3://user@bucket/x",
                "http://bucket/x",
                "file:")) {
            assertThatThrownBy(() -> settings(Map.of("pipeline.blob.store", bad)))
                    .as(bad)
                    .isInstanceOf(BadSettingsException.class);
        }
        for (String bad : List.of(
                "s3.example",
                "ftp://s3.example",
                "http://user:word@s3.example",
                "http://s3.example/path",
                "http://h?q")) {
            assertThatThrownBy(() -> settings(Map.of("pipeline.blob.s3.endpoint", bad)))
                    .as(bad)
                    .isInstanceOf(BadSettingsException.class);
        }
    }

    @Test
    void shouldNameEveryErrorAtOnce() {
        // Given
        Map<String, String> bad = Map.of(
                "pipeline.http.port", "70000",
                "pipeline.classes", "cat",
                "pipeline.frame.shape", "0,28,28",
                "pipeline.blob.store", "/no/scheme",
                "pipeline.topic.prefix", "with space",
                "pipeline.clases", "cat,dog",
                "entirely.else", "x",
                "kafka.bootstrap.server", "x");
        // When
        assertThatThrownBy(() -> settings(bad))
                // Then
                .isInstanceOfSatisfying(
                        BadSettingsException.class,
                        refused -> assertThat(refused.errors())
                                .hasSize(8)
                                .contains(
                                        "unknown key pipeline.clases, did you mean pipeline.classes?",
                                        "unknown key entirely.else",
                                        "unknown key kafka.bootstrap.server, did you mean kafka.bootstrap.servers?"));
    }

    @Test
    void shouldLetTheLaterSourceWin() {
        // When
        Settings settings = Settings.of(
                DECLARED,
                Set.of(),
                List.of(
                        Map.of("pipeline.http.port", "1", "pipeline.http.host", "file"),
                        Map.of("pipeline.http.port", "2"),
                        Map.of("pipeline.http.port", "3")));
        // Then
        assertThat(settings.<Integer>get("pipeline.http.port")).isEqualTo(3);
        assertThat(settings.<String>get("pipeline.http.host")).isEqualTo("file");
    }

    @Test
    void shouldReadTheEnvironment() {
        // Given
        Map<String, String> environment = Map.of(
                "PIPELINE_TOPIC_PREFIX", "env.",
                "KAFKA_BOOTSTRAP_SERVERS", "env:9092",
                "KAFKA_SASL_JAAS_CONFIG", "secret",
                "KAFKA_HOME", "/opt/kafka",
                "PATH", "/bin");
        // When
        Map<String, String> found = Settings.fromEnvironment(DECLARED, environment);
        // Then
        assertThat(found)
                .containsOnly(
                        Map.entry("pipeline.topic.prefix", "env."),
                        Map.entry("kafka.bootstrap.servers", "env:9092"),
                        Map.entry("kafka.sasl.jaas.config", "secret"));
    }

    @Test
    void shouldLeaveOtherSectionsToTheirProcesses() {
        // When
        Settings settings =
                Settings.of(DECLARED, Set.of("trainer"), List.of(Map.of("trainer.gate.confidence.threshold", "0.9")));
        // Then
        assertThat(settings.printable()).doesNotContainKey("trainer.gate.confidence.threshold");
    }

    @Test
    void shouldDescribeEveryKey() {
        // When
        String table = Settings.describe(DECLARED);
        // Then
        assertThat(DECLARED.names()).isNotEmpty().allMatch(key -> table.contains("| `" + key + "` |"));
        assertThat(table).contains("`1,28,28`");
    }

    @Test
    void shouldNotPrintSecrets() {
        // When
        Settings settings = settings(Map.of("kafka.sasl.jaas.config", "password=hush"));
        // Then
        assertThat(settings.printable().toString()).doesNotContain("hush");
        assertThat(settings.printable()).containsEntry("pipeline.frame.shape", "1,28,28");
    }

    private static Settings settings(Map<String, String> given) {
        return Settings.of(DECLARED, Set.of(), List.of(given));
    }
}
