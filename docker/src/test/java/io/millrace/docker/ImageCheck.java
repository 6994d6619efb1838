package io.millrace.docker;

import io.millrace.docker.Dockerfile.Instruction;
import io.millrace.runtime.BadSettingsException;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.stream.StreamSettings;
import io.millrace.trainer.TrainerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;

/** Holds the Dockerfile against the code, and says everything that is wrong. */
final class ImageCheck {
    /** Each target and the class that it starts. */
    static final Map<String, String> TARGETS = Map.of(
            "stream-app", "io.millrace.stream.StreamCommand",
            "trainer-worker", "io.millrace.trainer.TrainerCommand",
            "trainer-worker-cuda", "io.millrace.trainer.TrainerCommand",
            "tools", "io.millrace.quickstart.Millrace");

    private static final String HOME = "/opt/millrace/";
    /** Variables that others than our settings read, and who. */
    private static final Set<String> OF_OTHERS = Set.of(
            "XDG_CACHE_HOME", // JNA
            "LD_LIBRARY_PATH", // the loader
            "NVIDIA_VISIBLE_DEVICES", // NVIDIA's container toolkit
            "NVIDIA_DRIVER_CAPABILITIES",
            "AWS_ACCESS_KEY_ID", // the client of the object store
            "AWS_SECRET_ACCESS_KEY");

    private static final Pattern ASSEMBLED = Pattern.compile("docker/assemble (\\S+) (\\S+)");

    private final Path root;
    private final Dockerfile file;
    private final List<String> problems = new ArrayList<>();

    /** @param root of the repository */
    ImageCheck(Path root, Dockerfile file) {
        this.root = root;
        this.file = file;
    }

    List<String> problems() {
        TARGETS.forEach((target, main) -> {
            if (!file.stages().containsKey(target)) {
                problems.add("no target " + target);
                return;
            }
            entry(target, main);
            user(target);
            ports(target);
            health(target);
            copies(target);
            environment(target, file.environment(target)).forEach(problem -> problems.add(target + ": " + problem));
        });
        return problems;
    }

    /** What is wrong with the environment of a target: unknown variables, values out of range, and so on. */
    static List<String> environment(String target, Map<String, String> environment) {
        List<String> problems = new ArrayList<>();
        ConfigDef declared = declared(target);
        Map<String, String> found = Settings.fromEnvironment(declared, environment);
        try {
            Settings.of(declared, Set.of(), List.of(found));
        } catch (BadSettingsException e) {
            problems.add(e.getMessage());
        }
        Set<String> known = new HashSet<>(OF_OTHERS);
        found.keySet().forEach(key -> known.add(key.toUpperCase(Locale.ROOT).replace('.', '_')));
        environment.keySet().stream()
                .filter(variable -> !known.contains(variable))
                .forEach(variable -> problems.add("nothing reads " + variable));
        return problems;
    }

    static ConfigDef declared(String target) {
        return switch (TARGETS.getOrDefault(target, "")) {
            case "io.millrace.stream.StreamCommand" -> StreamSettings.declare();
            case "io.millrace.trainer.TrainerCommand" -> TrainerSettings.declare();
            default -> PipelineSettings.declareIn(new ConfigDef());
        };
    }

    private void entry(String target, String main) {
        List<String> words = Dockerfile.words(file.last(target, "ENTRYPOINT"));
        if (words.size() != 2 || !words.get(1).equals(main)) {
            problems.add(target + ": expected to start " + main + ", got " + words);
            return;
        }
        inImage(target, words.get(0));
        try {
            Class.forName(words.get(1)).getMethod("main", String[].class);
        } catch (ReflectiveOperationException e) {
            problems.add(target + ": cannot start " + e.getMessage());
        }
    }

    private void user(String target) {
        String user = file.last(target, "USER");
        if (!user.equals("10001:10001")) {
            problems.add(target + ": expected user 10001:10001, got " + user);
        }
    }

    private void ports(String target) {
        String exposed = file.last(target, "EXPOSE");
        String listening = file.environment(target).getOrDefault("PIPELINE_HTTP_PORT", "");
        if (!exposed.equals(listening)) {
            problems.add(target + ": exposes " + exposed + " and listens on " + listening);
        }
        if (!"0.0.0.0".equals(file.environment(target).get("PIPELINE_HTTP_HOST"))) {
            problems.add(target + ": its port cannot be reached from outside of the container");
        }
    }

    private void health(String target) {
        String health = file.last(target, "HEALTHCHECK");
        if (target.equals("tools")) {
            if (!health.equals("NONE")) {
                problems.add(target + ": a one-shot job has no health");
            }
            return;
        }
        List<String> command = Dockerfile.words(health);
        if (command.size() != 2 || !Set.of("readyz", "livez").contains(command.get(1))) {
            problems.add(target + ": expected a health check with readyz or livez, got " + health);
            return;
        }
        inImage(target, command.get(0));
    }

    /** Every COPY of a target takes what an earlier stage has assembled from a module that is there. */
    private void copies(String target) {
        for (Instruction copy : file.all(target)) {
            if (!copy.name().equals("COPY")) {
                continue;
            }
            String[] words = copy.arguments().split("\\s+");
            String stage = words[0].replace("--from=", "");
            boolean made = false;
            for (Instruction each : file.all(stage)) {
                Matcher assembled = ASSEMBLED.matcher(each.arguments());
                while (assembled.find()) {
                    made |= assembled.group(2).equals(words[1])
                            && Files.exists(root.resolve(assembled.group(1)).resolve("pom.xml"));
                }
            }
            if (!made || !words[2].equals("/opt/millrace")) {
                problems.add(target + ": nothing makes what it copies: " + copy.arguments());
            }
        }
    }

    /** A file that the images hold besides jars lies in docker/image, may be executed, and is laid out by assemble. */
    private void inImage(String target, String path) {
        String name = path.startsWith(HOME) ? path.substring(HOME.length()) : "?" + path;
        Path source = root.resolve("docker/image").resolve(name);
        try {
            if (!Files.isExecutable(source)
                    || !Files.readString(root.resolve("docker/assemble")).contains("docker/image/" + name + "\"")) {
                problems.add(target + ": " + path + " is not in the image");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
