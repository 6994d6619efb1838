package io.millrace.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.config.provider.DirectoryConfigProvider;
import org.apache.kafka.common.config.provider.EnvVarConfigProvider;
import org.apache.kafka.common.config.provider.FileConfigProvider;

/**
 * Settings of one process, declared once in a {@link ConfigDef} and checked whole: every error and every unknown key is
 * reported together.
 *
 * <pre>
 *   default  &lt;  --config FILE  &lt;  environment variable  &lt;  --set key=value
 *
 *   trainer.gate.confidence.threshold   in a file and on the command line
 *   TRAINER_GATE_CONFIDENCE_THRESHOLD   in the environment
 * </pre>
 *
 * <p>{@code kafka.*} goes to every Kafka client without its prefix. One file may serve several processes: keys of the
 * other sections are left to the process that owns them. Where a value of {@code kafka.*} refers to a config provider, the
 * clients resolve it; that they can is checked here.
 */
public final class Settings {
    /** Prefix of the settings that go to the Kafka clients as they are. */
    public static final String KAFKA = "kafka.";

    /** Option of the JVM that names the config providers that may be used. */
    public static final String CONFIG_PROVIDERS_OPTION = AbstractConfig.AUTOMATIC_CONFIG_PROVIDERS_PROPERTY;

    /** The config providers that may be used unless that option says otherwise. */
    public static final String CONFIG_PROVIDERS = String.join(
            ",",
            FileConfigProvider.class.getName(),
            DirectoryConfigProvider.class.getName(),
            EnvVarConfigProvider.class.getName());

    private static final int MAX_TYPOS = 3;

    private final Map<String, Object> values;
    private final Map<String, String> kafka;

    private Settings(Map<String, Object> values, Map<String, String> kafka) {
        this.values = Map.copyOf(values);
        this.kafka = Map.copyOf(kafka);
    }

    /**
     * Merges the sources and checks the result.
     *
     * @param declared every key of this process
     * @param otherSections first words of keys that belong to other processes, such as {@code trainer}
     * @param given the sources, a later one overriding an earlier one
     * @throws BadSettingsException with every error and every unknown key
     */
    public static Settings of(ConfigDef declared, Set<String> otherSections, List<Map<String, String>> given) {
        Map<String, String> merged = new TreeMap<>();
        given.forEach(merged::putAll);
        List<String> errors = new ArrayList<>(unknownKeys(declared, otherSections, merged));
        Map<String, Object> values = new HashMap<>();
        for (ConfigValue value : declared.validate(merged)) {
            value.errorMessages().forEach(errors::add);
            if (value.value() != null) {
                values.put(value.name(), value.value());
            }
        }
        Map<String, String> kafka = new TreeMap<>();
        merged.forEach((key, value) -> {
            if (key.startsWith(KAFKA)) {
                kafka.put(key.substring(KAFKA.length()), value);
            }
        });
        errors.addAll(KafkaKeys.errors(kafka));
        if (!errors.isEmpty()) {
            throw new BadSettingsException(errors);
        }
        kafka.putIfAbsent("bootstrap.servers", "127.0.0.1:9092");
        return new Settings(values, kafka);
    }

    /**
     * Settings found in environment variables: declared keys, and settings of Kafka clients after {@code KAFKA_}. A
     * variable that starts as the declared keys do and is none of them is found, too, so that it is refused as unknown.
     */
    public static Map<String, String> fromEnvironment(ConfigDef declared, Map<String, String> environment) {
        Map<String, String> found = new TreeMap<>();
        KafkaKeys.providersFrom(environment).forEach((key, value) -> found.put(KAFKA + key, value));
        Stream.concat(declared.names().stream(), KafkaKeys.all().stream().map(key -> KAFKA + key))
                .forEach(key -> {
                    String value = environment.get(variable(key));
                    if (value != null) {
                        found.put(key, value);
                    }
                });
        Set<String> sections = declared.names().stream()
                .map(key -> key.substring(0, key.indexOf('.') + 1))
                .collect(Collectors.toSet());
        Set<String> variables =
                declared.names().stream().map(Settings::variable).collect(Collectors.toSet());
        environment.forEach((variable, value) -> {
            String key = variable.toLowerCase(Locale.ROOT).replace('_', '.');
            if (!variables.contains(variable) && sections.stream().anyMatch(key::startsWith)) {
                found.put(key, value);
            }
        });
        return found;
    }

    private static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    /** The keys with their defaults and sentences, as a Markdown table. The documentation is this text. */
    public static String describe(ConfigDef declared) {
        StringBuilder table = new StringBuilder("| key | type | default | what it does |\n|---|---|---|---|\n");
        for (ConfigDef.ConfigKey key : new TreeMap<>(declared.configKeys()).values()) {
            table.append("| `%s` | %s%s | %s | %s |%n"
                    .formatted(
                            key.name,
                            key.type.name().toLowerCase(Locale.ROOT),
                            range(key),
                            usual(key),
                            key.documentation));
        }
        return table.toString();
    }

    /** Value of a declared setting. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the type was checked by the ConfigDef
    public <T> T get(String key) {
        Object value = values.get(key);
        if (value == null) {
            throw new ConfigException("setting " + key + " was not declared");
        }
        return (T) value;
    }

    /** What every Kafka client is given: {@code kafka.*} without its prefix. */
    public Map<String, String> kafka() {
        return kafka;
    }

    /** Every value in use, in the order of the keys; for provenance, so without {@code kafka.*}, which has secrets. */
    public Map<String, String> printable() {
        Map<String, String> printable = new TreeMap<>();
        values.forEach((key, value) -> printable.put(key, printed(value)));
        return printable;
    }

    /** {@code kafka.*} in use, in the order of the keys, for people: secrets are hidden. */
    public Map<String, String> printableKafka() {
        Map<String, String> printable = new TreeMap<>();
        kafka.forEach((key, value) -> printable.put(KAFKA + key, KafkaKeys.printed(key, value)));
        return printable;
    }

    private static String usual(ConfigDef.ConfigKey key) {
        String printed = key.hasDefault() ? printed(key.defaultValue) : "";
        return !key.hasDefault() ? "required" : printed.isEmpty() ? "" : "`" + printed + "`";
    }

    /** What a validator says of itself; a lambda says nothing, and its sentence in the definition tells the range. */
    private static String range(ConfigDef.ConfigKey key) {
        boolean silent = key.validator == null || key.validator.getClass().isSynthetic();
        return silent ? "" : " " + key.validator.toString().replace("|", "\\|");
    }

    private static String printed(Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                : String.valueOf(value);
    }

    private static List<String> unknownKeys(ConfigDef declared, Set<String> otherSections, Map<String, String> given) {
        Set<String> known = new TreeSet<>(declared.names());
        KafkaKeys.all().forEach(key -> known.add(KAFKA + key));
        return given.keySet().stream()
                .filter(key -> !key.startsWith(KAFKA) || !KafkaKeys.isOpen(key.substring(KAFKA.length())))
                .filter(key -> !known.contains(key) && !otherSections.contains(key.split("\\.", 2)[0]))
                .map(key -> "unknown key " + key
                        + nearest(key, known)
                                .map(near -> ", did you mean " + near + "?")
                                .orElse(""))
                .toList();
    }

    private static Optional<String> nearest(String key, Set<String> known) {
        return known.stream()
                .filter(candidate -> distance(key, candidate) <= MAX_TYPOS)
                .min((a, b) -> Integer.compare(distance(key, a), distance(key, b)));
    }

    /** Levenshtein's distance: insertions, deletions and replacements that turn one word into the other. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
