package io.millrace.runtime.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClientGuardsTest {
    private static final String PROVIDERS = "org.apache.kafka.automatic.config.providers";
    private static final String MODULES = "org.apache.kafka.allowed.login.modules";

    private final Map<String, String> before = new HashMap<>();

    @BeforeEach
    void clear() {
        for (String property : new String[] {PROVIDERS, MODULES}) {
            before.put(property, System.getProperty(property));
            System.clearProperty(property);
        }
    }

    @AfterEach
    void restore() {
        before.forEach((property, value) -> {
            System.clearProperty(property);
            if (value != null) {
                System.setProperty(property, value);
            }
        });
    }

    @Test
    void shouldKeepAClientFromLoadingAnotherConfigProvider() {
        Map<String, Object> client = client();
        client.put("config.providers", "mine");
        client.put("config.providers.mine.class", Mine.class.getName());
        client.put("client.id", "${mine:/:id}");
        Admin.create(client).close(); // without the guard it is loaded

        ClientGuards.raise();

        assertThatThrownBy(() -> Admin.create(client))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(Mine.class.getName());
    }

    @Test
    void shouldKeepAClientFromLoadingAnotherLoginModule() {
        Map<String, Object> client = client();
        client.put("security.protocol", "SASL_SSL");
        client.put("sasl.mechanism", "PLAIN");
        client.put("sasl.jaas.config", "com.sun.security.auth.module.KeyStoreLoginModule required;");
        ClientGuards.raise();

        assertThatThrownBy(() -> Admin.create(client))
                .isInstanceOf(KafkaException.class)
                .rootCause()
                .hasMessageContaining("KeyStoreLoginModule is not allowed");
    }

    @Test
    void shouldLeaveItToTheOptionsOfTheJvmWhenTheyAreGiven() {
        System.setProperty(PROVIDERS, "none");

        ClientGuards.raise();

        assertThat(System.getProperty(PROVIDERS)).isEqualTo("none");
        assertThat(System.getProperty(MODULES)).contains("ScramLoginModule");
    }

    private static Map<String, Object> client() {
        return new HashMap<>(Map.of("bootstrap.servers", "127.0.0.1:9"));
    }

    /** A provider that nobody allowed. */
    public static final class Mine implements ConfigProvider {
        @Override
        public ConfigData get(String path) {
            return new ConfigData(Map.of());
        }

        @Override
        public ConfigData get(String path, Set<String> keys) {
            return new ConfigData(Map.of("id", "a"));
        }

        @Override
        public void configure(Map<String, ?> configs) {}

        @Override
        public void close() {}
    }
}
