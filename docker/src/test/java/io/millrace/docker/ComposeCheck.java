package io.millrace.docker;

import io.millrace.quickstart.Millrace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kafka.server.KafkaConfig;
import org.apache.kafka.common.KafkaException;
import org.yaml.snakeyaml.Yaml;
import picocli.CommandLine.ParameterException;

/** Holds the compose files against the Dockerfile, the code and Kafka's settings, and says everything that is wrong. */
final class ComposeCheck {
    private static final Set<String> SERVICE_KEYS = Set.of(
            "build",
            "cap_drop",
            "command",
            "depends_on",
            "deploy",
            "entrypoint",
            "environment",
            "healthcheck",
            "image",
            "ports",
            "profiles",
            "read_only",
            "restart",
            "security_opt",
            "stop_grace_period",
            "tmpfs",
            "volumes");
    private static final Set<String> TOP_KEYS = Set.of("name", "services", "volumes");
    private static final Pattern ADDRESS = Pattern.compile("(?<![\\w.-])([a-z][a-z0-9-]*):(\\d{2,5})(?!\\d)");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\w+:-([^}]*)}");
    private static final Set<String> SCHEMES = Set.of("http", "https", "file");

    private final Path folder;
    private final Dockerfile images;
    private final Map<String, Object> merged = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    /**
     * @param folder of the compose files; paths in them start there
     * @param files contents, a later one overriding an earlier one
     */
    ComposeCheck(Path folder, Dockerfile images, List<String> files) {
        this.folder = folder;
        this.images = images;
        for (String file : files) {
            Map<String, Object> content = new Yaml().load(filledIn(file));
            content.keySet().removeIf(key -> key.startsWith("x-"));
            merge(merged, content);
        }
    }

    List<String> problems() {
        merged.keySet().stream()
                .filter(key -> !TOP_KEYS.contains(key))
                .forEach(key -> problems.add("unknown key " + key));
        services().forEach((name, service) -> {
            service.keySet().stream()
                    .filter(key -> !SERVICE_KEYS.contains(key))
                    .forEach(key -> problems.add(name + ": unknown key " + key));
            dependencies(name, service);
            volumes(name, service);
            ports(name, service);
            addresses(name, service);
            if (service.containsKey("build")) {
                ours(name, service);
            } else if (!string(service, "image").matches(".+:v?\\d+[.]\\d+.*")) {
                problems.add(name + ": expected an image of one version, got " + service.get("image"));
            }
        });
        brokers();
        return problems;
    }

    private void dependencies(String name, Map<String, Object> service) {
        map(service, "depends_on").forEach((other, how) -> {
            Map<String, Object> needed = services().get(other);
            if (needed == null) {
                problems.add(name + ": depends on " + other + ", which is no service");
                return;
            }
            String condition = String.valueOf(((Map<?, ?>) how).get("condition"));
            boolean fits = switch (condition) {
                case "service_started" -> true;
                case "service_healthy" ->
                    needed.containsKey("healthcheck") || target(needed).matches("stream.*|train.*");
                case "service_completed_successfully" -> "on-failure".equals(needed.get("restart"));
                default -> false;
            };
            if (!fits) {
                problems.add(name + ": " + other + " never fulfils " + condition);
            }
        });
    }

    private void volumes(String name, Map<String, Object> service) {
        for (Object volume : list(service, "volumes")) {
            String source = volume.toString().split(":")[0];
            boolean there = source.startsWith(".")
                    ? Files.exists(folder.resolve(source))
                    : map(merged, "volumes").containsKey(source);
            if (!there) {
                problems.add(name + ": mounts " + source + ", which is not there");
            }
        }
    }

    private void ports(String name, Map<String, Object> service) {
        for (Object port : list(service, "ports")) {
            String[] parts = port.toString().split(":");
            if (parts.length != 3 || !parts[0].equals("127.0.0.1")) {
                problems.add(name + ": publishes " + port + " to more than this machine");
            }
        }
    }

    /** Every host in a setting is a service that listens there; 127.0.0.1 is for the one outside. */
    private void addresses(String name, Map<String, Object> service) {
        map(service, "environment").forEach((variable, value) -> {
            Matcher address = ADDRESS.matcher(String.valueOf(value));
            while (address.find()) {
                if (!SCHEMES.contains(address.group(1)) && !listens(address.group(1), address.group(2))) {
                    problems.add(name + ": " + variable + " names " + address.group() + ", where nothing listens");
                }
            }
        });
    }

    private boolean listens(String host, String port) {
        Map<String, Object> service = services().getOrDefault(host, Map.of());
        String listeners =
                map(service, "environment").getOrDefault("KAFKA_LISTENERS", "").toString();
        boolean published =
                list(service, "ports").stream().anyMatch(each -> each.toString().endsWith(":" + port));
        boolean told = list(service, "command").contains(":" + port);
        return listeners.contains("//:" + port) || published || told;
    }

    /** A service that runs an image of ours. */
    private void ours(String name, Map<String, Object> service) {
        Map<String, Object> build = map(service, "build");
        Path context = folder.resolve(string(build, "context"));
        if (!Files.exists(context.resolve(string(build, "dockerfile")))) {
            problems.add(name + ": there is no " + build.get("dockerfile"));
        }
        String target = target(service);
        if (!ImageCheck.TARGETS.containsKey(target) || !images.stages().containsKey(target)) {
            problems.add(name + ": there is no target " + target);
            return;
        }
        Map<String, String> environment = new TreeMap<>(images.environment(target));
        map(service, "environment").forEach((key, value) -> environment.put(key, String.valueOf(value)));
        ImageCheck.environment(target, environment).forEach(problem -> problems.add(name + ": " + problem));
        if (target.equals("tools")) {
            command(name, list(service, "command"));
        } else if (!service.containsKey("stop_grace_period") || seconds(service) < 40) {
            problems.add(name + ": is not given the time to end in order");
        }
        if (!Boolean.TRUE.equals(service.get("read_only"))
                || list(service, "tmpfs").stream()
                        .noneMatch(each -> each.toString().matches("/tmp:(.*,)?exec(,.*)?"))) {
            problems.add(name + ": expected a read-only root with a /tmp that allows execution");
        }
        if (!List.of("ALL").equals(service.get("cap_drop"))
                || !List.of("no-new-privileges:true").equals(service.get("security_opt"))) {
            problems.add(name + ": has privileges");
        }
    }

    private void command(String name, List<?> words) {
        try {
            Millrace.commandLine()
                    .parseArgs(words.stream().map(Object::toString).toArray(String[]::new));
        } catch (ParameterException e) {
            problems.add(name + ": " + e.getMessage());
        }
    }

    /** Kafka itself judges the settings of its brokers; what it does not see is judged here. */
    private void brokers() {
        Set<Object> ids = new HashSet<>();
        Set<Object> clusters = new HashSet<>();
        long brokers = services().entrySet().stream()
                .filter(each -> each.getKey().startsWith("kafka-"))
                .peek(each -> {
                    Map<String, Object> environment = map(each.getValue(), "environment");
                    ids.add(environment.get("KAFKA_NODE_ID"));
                    clusters.add(environment.get("CLUSTER_ID"));
                    broker(each.getKey(), environment);
                })
                .count();
        if (ids.size() != brokers || clusters.size() != 1) {
            problems.add("expected one cluster of " + brokers + " nodes, got clusters " + clusters + " nodes " + ids);
        }
        List<?> topics = list(services().getOrDefault("topics", Map.of()), "command");
        int replicas = topics.indexOf("--replicas");
        if (replicas < 0 || Long.parseLong(topics.get(replicas + 1).toString()) > brokers) {
            problems.add("topics: wants more copies than there are brokers: " + topics);
        }
    }

    private void broker(String name, Map<String, Object> environment) {
        Properties properties = new Properties();
        environment.forEach((variable, value) -> {
            if (variable.startsWith("KAFKA_")) {
                properties.put(variable.substring(6).toLowerCase(Locale.ROOT).replace('_', '.'), String.valueOf(value));
            }
        });
        properties.stringPropertyNames().stream()
                .filter(key -> !KafkaConfig.configNames().contains(key))
                .forEach(key -> problems.add(name + ": Kafka does not know " + key));
        try {
            new KafkaConfig(properties);
        } catch (KafkaException | IllegalArgumentException e) {
            problems.add(name + ": Kafka refuses its settings: " + e.getMessage());
        }
        if (!String.valueOf(environment.get("KAFKA_ADVERTISED_LISTENERS")).contains("//" + name + ":")) {
            problems.add(name + ": does not tell its own name");
        }
    }

    private static int seconds(Map<String, Object> service) {
        return Integer.parseInt(string(service, "stop_grace_period").replace("s", ""));
    }

    private static String target(Map<String, Object> service) {
        return string(map(service, "build"), "target");
    }

    @SuppressWarnings("unchecked")
    private Map<String, Map<String, Object>> services() {
        return (Map<String, Map<String, Object>>) (Map<?, ?>) map(merged, "services");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Map<String, Object> from, String key) {
        return (Map<String, Object>) from.getOrDefault(key, Map.of());
    }

    private static List<?> list(Map<String, Object> from, String key) {
        return (List<?>) from.getOrDefault(key, List.of());
    }

    private static String string(Map<String, Object> from, String key) {
        return String.valueOf(from.get(key));
    }

    /** Variables with a default take it. */
    private static String filledIn(String text) {
        return VARIABLE.matcher(text).replaceAll("$1");
    }

    /** As compose merges: maps by key, anything else is replaced. */
    @SuppressWarnings("unchecked")
    private static void merge(Map<String, Object> into, Map<String, Object> from) {
        from.forEach((key, value) -> {
            if (value instanceof Map<?, ?> && into.get(key) instanceof Map<?, ?> old) {
                Map<String, Object> both = new HashMap<>((Map<String, Object>) old);
                merge(both, (Map<String, Object>) value);
                into.put(key, both);
            } else {
                into.put(key, value);
            }
        });
    }
}
