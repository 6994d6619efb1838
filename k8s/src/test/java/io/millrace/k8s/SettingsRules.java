package io.millrace.k8s;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.millrace.quickstart.Millrace;
import io.millrace.runtime.BadSettingsException;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.stream.StreamCommand;
import io.millrace.stream.StreamSettings;
import io.millrace.trainer.TrainerCommand;
import io.millrace.trainer.TrainerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Arguments, variables and the properties file of each of our containers, given to the code that will read them. */
final class SettingsRules {
    /** Read by the image's start script, not by us. */
    private static final Set<String> NOT_OURS = Set.of("MILLRACE_HEAP");

    private static final Map<String, ConfigDef> PROCESSES = Map.of(
            "millrace/stream-app",
            StreamSettings.declare(),
            "millrace/trainer-worker",
            TrainerSettings.declare(),
            "millrace/trainer-worker-cuda",
            TrainerSettings.declare(),
            "millrace/tools",
            PipelineSettings.declareIn(new ConfigDef()));

    private final Bundle bundle;
    private final List<String> complaints = new ArrayList<>();

    private SettingsRules(Bundle bundle) {
        this.bundle = bundle;
    }

    /** What is wrong with the settings of a bundle. */
    static List<String> complaints(Bundle bundle) throws IOException {
        SettingsRules rules = new SettingsRules(bundle);
        for (Workload workload : bundle.workloads()) {
            if (workload.isOurs()) {
                Path mounted = Files.createTempDirectory("mounted");
                try {
                    rules.check(workload, mounted);
                } finally {
                    delete(mounted);
                }
            }
        }
        return rules.complaints;
    }

    private void check(Workload workload, Path mounted) throws IOException {
        ConfigDef declared = PROCESSES.get(workload.image());
        if (declared == null) {
            complaints.add(workload.name() + " has an unknown image " + workload.image());
            return;
        }
        Map<String, String> variables = variables(workload);
        checkKnown(workload, declared, variables);
        Map<String, String> file = Bundle.properties(configText(workload, mounted));
        try {
            Settings settings = Settings.of(
                    declared, othersThan(declared), List.of(file, Settings.fromEnvironment(declared, variables)));
            checkValues(workload, PipelineSettings.from(settings), settings.printable());
        } catch (BadSettingsException e) {
            complaints.add(workload.name() + ": " + e.getMessage());
        }
    }

    private void checkValues(Workload workload, PipelineSettings pipeline, Map<String, String> values) {
        expect(workload, pipeline.httpHost().equals("0.0.0.0"), "listens where no probe comes");
        expect(workload, pipeline.httpPort() == PodRules.METRICS_PORT, "listens on port " + pipeline.httpPort());
        if (workload.image().equals("millrace/tools")) {
            return;
        }
        String state = values.get("stream.state.dir");
        expect(workload, state == null || isWritable(workload, state), "cannot write its stores");
        String blobs = values.get("pipeline.blob.store");
        if (blobs.startsWith("file:")) {
            boolean writes = workload.name().equals("trainer");
            String directory = blobs.substring("file:".length());
            expect(workload, mount(workload, directory) != null, "has no blob store");
            expect(workload, writes == isWritable(workload, directory), "must write blobs if it is the trainer only");
        }
    }

    /** A variable that nobody reads is a misspelt one; the settings of other processes are in the common map. */
    private void checkKnown(Workload workload, ConfigDef declared, Map<String, String> variables) {
        Set<String> known = new TreeSet<>(NOT_OURS);
        PROCESSES.values().forEach(def -> def.names().forEach(key -> known.add(variable(key))));
        Settings.fromEnvironment(declared, variables).keySet().stream()
                .filter(key -> key.startsWith(Settings.KAFKA))
                .forEach(key -> known.add(variable(key)));
        for (String name : variables.keySet()) {
            expect(workload, known.contains(name), "has a variable that nobody reads: " + name);
        }
        workload.container().getEnv().stream()
                .map(EnvVar::getName)
                .filter(name -> name.startsWith("STREAM_") || name.startsWith("TRAINER_"))
                .forEach(name -> expect(
                        workload,
                        declared.names().stream().anyMatch(key -> variable(key).equals(name)),
                        "has a variable of another process: " + name));
    }

    private Map<String, String> variables(Workload workload) {
        Map<String, String> variables = new TreeMap<>();
        workload.container().getEnvFrom().stream()
                .filter(source -> source.getConfigMapRef() != null)
                .forEach(source -> {
                    String name = source.getConfigMapRef().getName();
                    expect(workload, bundle.has("ConfigMap", name), "takes variables from a missing map " + name);
                    variables.putAll(bundle.configMap(name));
                });
        for (EnvVar variable : workload.container().getEnv()) {
            variables.put(variable.getName(), variable.getValue() == null ? "given" : variable.getValue());
        }
        return variables;
    }

    /** Text of the file that the arguments name, as if {@code mounted} were where it lies; empty if there is none. */
    private String configText(Workload workload, Path mounted) throws IOException {
        Path file;
        try {
            String[] arguments = workload.container().getArgs().toArray(new String[0]);
            ParseResult parsed = command(workload).parseArgs(arguments);
            ParseResult chosen = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
            file = chosen.matchedOptionValue("--config", Path.of("/none"));
        } catch (ParameterException e) {
            complaints.add(workload.name() + ": " + e.getMessage());
            return "";
        }
        String directory = String.valueOf(file.getParent());
        VolumeMount mount = mount(workload, directory);
        for (Volume volume : workload.pod().getVolumes()) {
            if (mount != null && volume.getName().equals(mount.getName()) && volume.getProjected() != null) {
                for (VolumeProjection source : volume.getProjected().getSources()) {
                    project(source, mounted);
                }
            }
        }
        Path found = mounted.resolve(String.valueOf(file.getFileName()));
        expect(workload, Files.exists(found), "is told to read " + file + ", which is not there");
        return Files.exists(found) ? Files.readString(found).replace(directory, mounted.toString()) : "";
    }

    /** Lays out what a pod would find: the files of a map, and those of a Secret with something in them. */
    private void project(VolumeProjection source, Path mounted) throws IOException {
        if (source.getConfigMap() != null) {
            for (Map.Entry<String, String> file :
                    bundle.configMap(source.getConfigMap().getName()).entrySet()) {
                Files.writeString(mounted.resolve(file.getKey()), file.getValue());
            }
        }
        if (source.getSecret() != null) {
            for (KeyToPath item : source.getSecret().getItems()) {
                Path path = mounted.resolve(item.getPath());
                Files.createDirectories(path.getParent());
                Files.writeString(path, "given");
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static CommandLine command(Workload workload) {
        return switch (workload.image()) {
            case "millrace/stream-app" -> new CommandLine(new StreamCommand());
            case "millrace/trainer-worker", "millrace/trainer-worker-cuda" -> new CommandLine(new TrainerCommand());
            default -> Millrace.commandLine();
        };
    }

    private static VolumeMount mount(Workload workload, String directory) {
        return workload.container().getVolumeMounts().stream()
                .filter(mount -> mount.getMountPath().equals(directory))
                .findFirst()
                .orElse(null);
    }

    private static boolean isWritable(Workload workload, String directory) {
        VolumeMount mount = mount(workload, directory);
        return mount != null && !Boolean.TRUE.equals(mount.getReadOnly());
    }

    /** Sections that a process leaves to others, as its command does. */
    private static Set<String> othersThan(ConfigDef declared) {
        Set<String> others = new TreeSet<>(Set.of("pipeline", "stream", "trainer"));
        declared.names().forEach(key -> others.remove(key.split("\\.", 2)[0]));
        return others;
    }

    private static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    private void expect(Workload workload, boolean right, String otherwise) {
        if (!right) {
            complaints.add(workload.name() + " " + otherwise);
        }
    }
}
