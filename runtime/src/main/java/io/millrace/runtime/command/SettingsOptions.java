package io.millrace.runtime.command;

import io.millrace.runtime.BadSettingsException;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where settings come from, the same for every command: default, file, environment, {@code --set}. */
public final class SettingsOptions {
    private static final Set<String> SECTIONS = Set.of("pipeline", "stream", "trainer");

    @Option(
            names = "--bootstrap",
            paramLabel = "HOST:PORT",
            description = "Kafka broker; short for --set kafka.bootstrap.servers=... (default: 127.0.0.1:9092).")
    @Nullable
    String bootstrap;

    @Option(names = "--config", paramLabel = "FILE", description = "Properties file with settings.")
    @Nullable
    Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "One setting; may be repeated.")
    Map<String, String> set = new TreeMap<>();

    /** True when {@code --bootstrap} was given. */
    public boolean namesBroker() {
        return bootstrap != null;
    }

    /**
     * The options as they were given, to be repeated behind another command: {@code --config FILE --set key=value}.
     * Settings of the Kafka clients may be secrets: only the broker's address is told.
     */
    public String asGiven() {
        StringBuilder given = new StringBuilder();
        if (file != null) {
            given.append(" --config ").append(file);
        }
        if (bootstrap != null) {
            given.append(" --bootstrap ").append(bootstrap);
        }
        set.forEach((key, value) -> {
            boolean secret = key.startsWith(Settings.KAFKA) && !key.endsWith(".bootstrap.servers");
            given.append(" --set ").append(key).append('=').append(secret ? "..." : quoted(value));
        });
        return given.toString();
    }

    private static String quoted(String value) {
        return value.matches("[A-Za-z0-9_.,:/@%+=-]*") ? value : "'" + value.replace("'", "'\\''") + "'";
    }

    /** The settings of a process that has only those of the pipeline. */
    public PipelineSettings pipeline() {
        return PipelineSettings.from(settings(PipelineSettings.declareIn(new ConfigDef()), Map.of()));
    }

    /**
     * The settings of a process.
     *
     * @param declared its keys
     * @param own what the command's own options say; overrides file and environment
     */
    public Settings settings(ConfigDef declared, Map<String, String> own) {
        List<Map<String, String>> sources = new ArrayList<>();
        sources.add(fromFile());
        sources.add(Settings.fromEnvironment(declared, System.getenv()));
        sources.add(own);
        sources.add(bootstrap == null ? Map.of() : Map.of(Settings.KAFKA + "bootstrap.servers", bootstrap));
        sources.add(set);
        return Settings.of(declared, othersThan(declared), sources);
    }

    /** Prints every key with its default, and the values in use. */
    public static void print(ConfigDef declared, Settings inUse, PrintWriter out) {
        out.print(Settings.describe(declared));
        out.println();
        out.println("In use:");
        inUse.printable().forEach((key, value) -> out.println("  " + key + " = " + value));
        inUse.printableKafka().forEach((key, value) -> out.println("  " + key + " = " + value));
        out.flush();
    }

    /** Sections that this process does not declare: their keys belong to others. */
    private static Set<String> othersThan(ConfigDef declared) {
        Set<String> others = new TreeSet<>(SECTIONS);
        declared.names().forEach(key -> others.remove(key.split("\\.", 2)[0]));
        return others;
    }

    private Map<String, String> fromFile() {
        Map<String, String> found = new TreeMap<>();
        if (file != null) {
            Properties properties = new Properties();
            try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                properties.load(reader);
            } catch (IOException | IllegalArgumentException e) {
                throw new BadSettingsException(List.of("cannot read --config " + file + ": " + e));
            }
            properties.stringPropertyNames().forEach(key -> found.put(key, properties.getProperty(key)));
        }
        return found;
    }
}
