package io.millrace.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * What is known of the settings of Kafka clients: their names, which of them are secret, and where secrets may come
 * from. A value such as {@code ${file:/run/secrets/kafka:password}} is resolved by each client itself, when it is made.
 */
final class KafkaKeys {
    private static final String PROVIDERS = "config.providers";
    private static final String VARIABLES = "KAFKA_CONFIG_PROVIDERS_";
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}:]+):[^}]*}");
    private static final List<ConfigDef> CLIENTS =
            List.of(ConsumerConfig.configDef(), ProducerConfig.configDef(), AdminClientConfig.configDef());

    private KafkaKeys() {}

    /** Every key that a client declares, and the one that names config providers. */
    static Set<String> all() {
        return Stream.concat(CLIENTS.stream().flatMap(client -> client.names().stream()), Stream.of(PROVIDERS))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** True for keys whose names are free: parameters of config providers. */
    static boolean isOpen(String key) {
        return key.startsWith(PROVIDERS + ".");
    }

    /** Parameters of config providers: {@code KAFKA_CONFIG_PROVIDERS_FILE_CLASS} is {@code config.providers.file.class}. */
    static Map<String, String> providersFrom(Map<String, String> environment) {
        Map<String, String> found = new TreeMap<>();
        environment.forEach((variable, value) -> {
            if (variable.startsWith(VARIABLES)) {
                found.put(
                        variable.toLowerCase(Locale.ROOT).replace('_', '.').substring(Settings.KAFKA.length()), value);
            }
        });
        return found;
    }

    /** What a value may be shown as: a secret is never shown, not even in part. */
    static String printed(String key, String value) {
        boolean secret = CLIENTS.stream()
                .map(client -> client.configKeys().get(key))
                .anyMatch(declared -> declared != null && declared.type == ConfigDef.Type.PASSWORD);
        return secret ? "[hidden]" : value;
    }

    /** Everything that is wrong with where secrets shall come from; without a secret in it. */
    static List<String> errors(Map<String, String> kafka) {
        List<String> errors = new ArrayList<>();
        Set<String> named = named(kafka);
        Set<String> allowed = listed(System.getProperty(Settings.CONFIG_PROVIDERS_OPTION, Settings.CONFIG_PROVIDERS));
        for (String name : named) {
            String key = PROVIDERS + "." + name + ".class";
            String type = kafka.get(key);
            if (type == null || !allowed.contains(type)) {
                errors.add("kafka." + key + ": expected one of " + allowed + ", got " + type);
            }
        }
        kafka.forEach((key, value) -> {
            Matcher placeholder = PLACEHOLDER.matcher(value);
            while (placeholder.find()) {
                if (!named.contains(placeholder.group(1))) {
                    errors.add("kafka." + key + " refers to ${" + placeholder.group(1)
                            + ":...}, and kafka.config.providers does not name it");
                }
            }
        });
        return errors.isEmpty() && !named.isEmpty() ? unresolved(kafka) : errors;
    }

    /** Resolves everything once, as each client will, and forgets it: what is missing is told now and by name. */
    private static List<String> unresolved(Map<String, String> kafka) {
        try {
            return new AbstractConfig(new ConfigDef(), kafka, false)
                    .originals().entrySet().stream()
                            .filter(entry -> kafka.containsKey(entry.getKey()))
                            .filter(entry -> PLACEHOLDER
                                    .matcher(String.valueOf(entry.getValue()))
                                    .find())
                            .map(entry -> "kafka." + entry.getKey() + ": there is no such entry where it refers to")
                            .sorted()
                            .toList();
        } catch (ConfigException e) {
            return List.of("a secret of kafka.* cannot be read: " + e.getMessage());
        }
    }

    private static Set<String> named(Map<String, String> kafka) {
        return listed(kafka.getOrDefault(PROVIDERS, ""));
    }

    private static Set<String> listed(String names) {
        return Arrays.stream(names.split(",", -1))
                .map(String::trim)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
