package io.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where secrets come from, and that they are told to nobody. */
class SecretsTest {
    private static final ConfigDef DECLARED = PipelineSettings.declareIn(new ConfigDef());

    private static final String PUBLIC_KEY = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

    @TempDir
    private Path directory;

    @Test
    void shouldLeaveItToTheClientToResolveASecret() throws Exception {
        Settings settings = settings(fromFile("ssl.key.password", "password", "password=hush"));

        assertThat(settings.kafka().get("ssl.key.password")).startsWith("${file:");
        Password resolved = new AdminClientConfig(new HashMap<>(settings.kafka())).getPassword("ssl.key.password");
        assertThat(resolved.value()).isEqualTo("hush");
    }

    @Test
    void shouldTakeConfigProvidersFromTheEnvironment() {
        Map<String, String> found = Settings.fromEnvironment(
                DECLARED,
                Map.of(
                        "KAFKA_CONFIG_PROVIDERS", "env",
                        "KAFKA_CONFIG_PROVIDERS_ENV_CLASS", EnvVarConfigProvider.class.getName(),
                        "KAFKA_SSL_KEY_PASSWORD", "${env:SOME}"));

        assertThat(found)
                .containsOnly(
                        Map.entry("kafka.config.providers", "env"),
                        Map.entry("kafka.config.providers.env.class", EnvVarConfigProvider.class.getName()),
                        Map.entry("kafka.ssl.key.password", "${env:SOME}"));
    }

    @Test
    void shouldRefuseAProviderThatIsNotOneOfKafkas() {
        assertThat(errors(Map.of(
                        "kafka.config.providers", "evil,none",
                        "kafka.config.providers.evil.class", "com.example.Evil")))
                .hasSize(2)
                .allMatch(error -> error.contains("expected one of") && error.contains("FileConfigProvider"))
                .anyMatch(error -> error.startsWith("kafka.config.providers.evil.class:")
                        && error.endsWith("got com.example.Evil"))
                .anyMatch(error -> error.startsWith("kafka.config.providers.none.class:"));
    }

    @Test
    void shouldSayWhichSecretCannotBeFound() throws Exception {
        Map<String, String> noEntry = fromFile("ssl.key.password", "passwort", "password=hush");
        Map<String, String> noFile = new HashMap<>(noEntry);
        noFile.put("kafka.ssl.key.password", "${file:" + directory.resolve("none") + ":password}");

        assertThat(errors(Map.of("kafka.ssl.key.password", "${vault:a:b}")))
                .containsExactly(
                        "kafka.ssl.key.password refers to ${vault:...}, and kafka.config.providers does not name it");
        assertThat(errors(noEntry))
                .containsExactly("kafka.ssl.key.password: there is no such entry where it refers to");
        assertThat(errors(noFile)).singleElement().asString().contains("cannot be read", "none");
    }

    @Test
    void shouldHideEverySecretWhenSettingsArePrinted() {
        Map<String, String> given = new HashMap<>();
        for (String key : List.of(
                "sasl.jaas.config",
                "ssl.key.password",
                "ssl.keystore.password",
                "ssl.keystore.key",
                "ssl.truststore.password",
                "sasl.oauthbearer.client.credentials.client.secret")) {
            given.put("kafka." + key, "hush");
        }
        given.put("kafka.security.protocol", "SSL");

        Settings settings = settings(given);

        assertThat(settings.printableKafka())
                .containsEntry("kafka.security.protocol", "SSL")
                .containsEntry("kafka.sasl.jaas.config", "[hidden]");
        assertThat(settings.printableKafka().values()).doesNotContain("hush");
        assertThat(PipelineSettings.from(settings).toString()).doesNotContain("hush");
    }

    @Test
    void shouldTellNoSecretWhenItRefusesSettings() throws Exception {
        Map<String, String> bad = fromFile("ssl.key.passwort", "password", "password=hush");
        bad.put("kafka.sasl.jaas.config", "hush ${vault:hush}");
        bad.put("pipeline.schema.registry.url", "http://user:hush@127.0.0.1:1");

        assertThat(errors(bad)).hasSize(3).noneMatch(error -> error.contains("hush"));
    }

    @Test
    void shouldTellNoSecretThatIsInAWrongPlace() {
        Map<String, String> bad = new HashMap<>();
        bad.put("pipeline.blob.store", "s3://key:hush@models/prefix");
        bad.put("pipeline.blob.s3.endpoint", "https://key:hush@127.0.0.1:9000");
        bad.put("pipeline.blob.s3.region", "HUSH hush");
        bad.put("pipeline.revoked.signers", "hush key");
        for (String signers : List.of("hush key", "a:hush", "a:" + PUBLIC_KEY + ",a:" + PUBLIC_KEY)) {
            bad.put("pipeline.trusted.signers", signers);

            assertThat(errors(bad))
                    .hasSize(5)
                    .allMatch(error -> error.contains(": expected "))
                    .noneMatch(error -> error.contains("hush") || error.contains(PUBLIC_KEY));
        }
    }

    @Test
    void shouldLetAnOptionOfTheJvmNameOtherProviders() {
        Map<String, String> given = Map.of(
                "kafka.config.providers",
                "file",
                "kafka.config.providers.file.class",
                FileConfigProvider.class.getName());
        String before = System.getProperty(Settings.CONFIG_PROVIDERS_OPTION);
        try {
            System.setProperty(Settings.CONFIG_PROVIDERS_OPTION, EnvVarConfigProvider.class.getName());
            assertThat(errors(given))
                    .containsExactly("kafka.config.providers.file.class: expected one of ["
                            + EnvVarConfigProvider.class.getName() + "], got " + FileConfigProvider.class.getName());
            System.setProperty(
                    Settings.CONFIG_PROVIDERS_OPTION, Settings.CONFIG_PROVIDERS + ", " + Mine.class.getName());
            assertThat(settings(Map.of(
                                    "kafka.config.providers",
                                    "mine",
                                    "kafka.config.providers.mine.class",
                                    Mine.class.getName()))
                            .kafka())
                    .containsKey("config.providers.mine.class");
        } finally {
            System.clearProperty(Settings.CONFIG_PROVIDERS_OPTION);
            if (before != null) {
                System.setProperty(Settings.CONFIG_PROVIDERS_OPTION, before);
            }
        }
    }

    /** A provider that is not Kafka's. */
    public static final class Mine extends EnvVarConfigProvider {}

    private Map<String, String> fromFile(String key, String entry, String content) throws Exception {
        Path file = Files.writeString(directory.resolve("secrets.properties"), content);
        Map<String, String> given = new HashMap<>();
        given.put("kafka.config.providers", "file");
        given.put("kafka.config.providers.file.class", FileConfigProvider.class.getName());
        given.put("kafka.config.providers.file.param.allowed.paths", directory.toString());
        given.put("kafka." + key, "${file:" + file + ":" + entry + "}");
        return given;
    }

    private static List<String> errors(Map<String, String> given) {
        List<String> errors = new ArrayList<>();
        assertThatThrownBy(() -> settings(given))
                .isInstanceOfSatisfying(BadSettingsException.class, refused -> errors.addAll(refused.errors()));
        return errors;
    }

    private static Settings settings(Map<String, String> given) {
        return Settings.of(DECLARED, Set.of(), List.of(given));
    }
}
