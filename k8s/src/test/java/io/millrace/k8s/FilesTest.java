package io.millrace.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every file is read strictly, and every file is used. */
class FilesTest {
    @Test
    void shouldReadEveryManifestStrictly() throws IOException {
        List<Path> files = files();

        assertThat(files).hasSizeGreaterThan(12);
        for (Path file : files) {
            assertThat(StrictYaml.manifests(file.toString(), Files.readString(file)))
                    .as(file.toString())
                    .isNotEmpty();
        }
    }

    @Test
    void shouldUseEveryFileAndMissNone() throws IOException {
        Set<Path> used = new TreeSet<>();
        for (Path kustomization : kustomizations()) {
            Path directory = kustomization.getParent();
            JsonNode tree = StrictYaml.trees(Files.readString(kustomization)).get(0);
            for (String list : List.of("resources", "components")) {
                tree.path(list)
                        .forEach(entry ->
                                used.add(directory.resolve(entry.asText()).normalize()));
            }
            tree.path("patches").forEach(patch -> {
                if (patch.has("path")) {
                    used.add(directory.resolve(patch.path("path").asText()).normalize());
                }
            });
        }

        assertThat(used).allSatisfy(path -> assertThat(path).exists());
        assertThat(used).containsAll(files());
    }

    @ParameterizedTest
    @CsvSource({
        "replicas: 2, replicaCount: 2",
        "readOnlyRootFilesystem: true, readOnlyRootFileSystem: true",
        "failureThreshold: 60, failureTreshold: 60",
        "kind: StatefulSet, kind: StatefullSet",
        "apiVersion: apps/v1, apiVersion: apps/v1beta1",
        "maxUnavailable: 1, maxUnavailble: 1",
        "periodSeconds: 5, periodSeconds: often",
        "periodSeconds: 5, 'periodSeconds: 5\n            periodSeconds: 6'"
    })
    void shouldRefuseAManifestWithAFault(String written, String instead) throws IOException {
        String text = Files.readString(Bundle.ROOT.resolve("base/stream-app.yaml"));
        assertThat(text).contains(written);

        assertThatThrownBy(() -> StrictYaml.manifests("planted", text.replace(written, instead)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("planted");
    }

    @ParameterizedTest
    @CsvSource({
        "keda/scaling.yaml, lagThreshold, lagThreshhold",
        "keda/scaling.yaml, minReplicaCount, minReplicas",
        "keda/scaling.yaml, secretTargetRef, secretRef",
        "monitoring/pod-monitor.yaml, podMetricsEndpoints, endpoints",
        "strimzi/topics.yaml, partitions, partition",
        "strimzi/users.yaml, operations, operation"
    })
    void shouldRefuseAFaultInAResourceOfAnOperator(String file, String written, String instead) throws IOException {
        String text = Files.readString(Bundle.ROOT.resolve("components").resolve(file));
        assertThat(text).contains(written);

        assertThatThrownBy(() -> StrictYaml.manifests("planted", text.replace(written, instead)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("planted");
    }

    private static List<Path> files() {
        return Stream.of("base", "components", "overlays", "strimzi-cluster")
                .flatMap(FilesTest::under)
                .filter(path -> path.toString().endsWith(".yaml"))
                .filter(path -> !path.endsWith("kustomization.yaml"))
                .toList();
    }

    private static List<Path> kustomizations() {
        return Stream.of("base", "components", "overlays", "strimzi-cluster")
                .flatMap(FilesTest::under)
                .filter(path -> path.endsWith("kustomization.yaml"))
                .toList();
    }

    private static Stream<Path> under(String directory) {
        try (Stream<Path> walk = Files.walk(Bundle.ROOT.resolve(directory))) {
            return walk.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
