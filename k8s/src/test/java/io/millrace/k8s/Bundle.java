package io.millrace.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Everything that one {@code kubectl apply -k} sends. */
record Bundle(String name, List<Manifest> manifests) {
    static final Path ROOT = Path.of("").toAbsolutePath().endsWith("k8s") ? Path.of("") : Path.of("k8s");

    Bundle {
        manifests = List.copyOf(manifests);
    }

    /** The base from its plain files: what kustomize does there is little enough to be done here. */
    static Bundle base() throws IOException {
        Path base = ROOT.resolve("base");
        JsonNode kustomization = StrictYaml.trees(Files.readString(base.resolve("kustomization.yaml")))
                .get(0);
        List<Manifest> manifests = new ArrayList<>();
        for (JsonNode resource : kustomization.path("resources")) {
            String file = resource.asText();
            manifests.addAll(StrictYaml.manifests(file, Files.readString(base.resolve(file))));
        }
        for (JsonNode generator : kustomization.path("configMapGenerator")) {
            Map<String, String> data = new TreeMap<>();
            for (JsonNode file : generator.path("files")) {
                data.put(file.asText(), Files.readString(base.resolve(file.asText())));
            }
            for (JsonNode file : generator.path("envs")) {
                data.putAll(properties(Files.readString(base.resolve(file.asText()))));
            }
            ConfigMap map = new ConfigMap();
            map.setData(data);
            JsonNode tree = StrictYaml.trees("{kind: ConfigMap, metadata: {name: %s}}"
                            .formatted(generator.path("name").asText()))
                    .get(0);
            manifests.add(new Manifest(tree, map));
        }
        return new Bundle("base", manifests);
    }

    /** A directory as kustomize renders it. */
    static Bundle rendered(String directory) throws IOException, InterruptedException {
        Path out = Files.createTempFile("rendered", ".yaml");
        try {
            Process kubectl = new ProcessBuilder(
                            "kubectl", "kustomize", ROOT.resolve(directory).toString())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            if (!kubectl.waitFor(15, TimeUnit.SECONDS)) {
                kubectl.destroyForcibly();
                throw new IOException("kubectl kustomize " + directory + " did not end");
            }
            String text = Files.readString(out);
            if (kubectl.exitValue() != 0) {
                throw new IOException("kubectl kustomize " + directory + ": " + text);
            }
            return new Bundle(directory, StrictYaml.manifests(directory, text));
        } finally {
            Files.delete(out);
        }
    }

    /** The base with one component as kustomize renders it. */
    static Bundle renderedWith(String component) throws IOException, InterruptedException {
        Path directory = Files.createDirectories(ROOT.resolve("target/overlay-with-" + component));
        Files.writeString(directory.resolve("kustomization.yaml"), """
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                namespace: millrace
                resources: [../../base]
                components: [../../components/%s]
                """.formatted(component));
        return rendered("target/overlay-with-" + component);
    }

    /** True where there is a kubectl on the path. */
    static boolean canRender() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "kubectl")));
    }

    List<Workload> workloads() {
        return manifests.stream().map(Workload::of).flatMap(Optional::stream).toList();
    }

    Optional<Workload> workload(String name) {
        return workloads().stream()
                .filter(workload -> workload.name().equals(name))
                .findFirst();
    }

    <T> List<T> all(Class<T> model) {
        return manifests.stream()
                .map(Manifest::model)
                .filter(model::isInstance)
                .map(model::cast)
                .toList();
    }

    List<JsonNode> trees(String kind) {
        return manifests.stream()
                .filter(manifest -> manifest.kind().equals(kind))
                .map(Manifest::tree)
                .toList();
    }

    boolean has(String kind, String name) {
        return trees(kind).stream()
                .anyMatch(tree -> tree.path("metadata").path("name").asText().equals(name));
    }

    /** Data of a ConfigMap, empty when there is none. */
    Map<String, String> configMap(String name) {
        return manifests.stream()
                .filter(manifest ->
                        manifest.kind().equals("ConfigMap") && manifest.name().equals(name))
                .map(manifest -> ((ConfigMap) manifest.model()).getData())
                .findFirst()
                .orElse(Map.of());
    }

    /** Settings that all processes have in common. */
    Map<String, String> settings() {
        return manifests.stream()
                .filter(manifest ->
                        manifest.kind().equals("ConfigMap") && manifest.name().startsWith("settings"))
                .map(manifest -> ((ConfigMap) manifest.model()).getData())
                .findFirst()
                .orElse(Map.of());
    }

    static Map<String, String> properties(String text) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        Map<String, String> map = new TreeMap<>();
        properties.stringPropertyNames().forEach(key -> map.put(key, properties.getProperty(key)));
        return map;
    }

    /** The same with one text replaced in every manifest: a fault that somebody may make. */
    Bundle with(String written, String instead) {
        List<Manifest> changed = new ArrayList<>();
        boolean found = false;
        for (Manifest manifest : manifests) {
            String before = manifest.tree().toString();
            String after = before.replace(written, instead);
            found |= !after.equals(before);
            changed.addAll(after.equals(before) ? List.of(manifest) : StrictYaml.manifests(name, after));
        }
        if (!found) {
            throw new IllegalArgumentException("nothing to replace: " + written);
        }
        return new Bundle(name, changed);
    }

    /** The same without one object. */
    Bundle without(String kind, String name) {
        return new Bundle(
                this.name,
                manifests.stream()
                        .filter(manifest -> !(manifest.kind().equals(kind)
                                && manifest.name().equals(name)))
                        .toList());
    }
}
