package io.millrace.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds what kustomize makes of each overlay to the rules of the base and to its own, where there is a kubectl. */
class OverlaysTest {
    @BeforeEach
    void shouldHaveKubectl() {
        assumeTrue(Bundle.canRender(), "no kubectl on the path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/dev", "overlays/gpu", "overlays/strimzi", "overlays/keda"})
    void shouldKeepEveryRuleWhenRendered(String directory) throws Exception {
        Bundle bundle = Bundle.rendered(directory);

        assertThat(BaseTest.complaints(bundle)).isEmpty();
        assertThat(bundle.workloads())
                .allSatisfy(workload -> assertThat(workload.container().getImage())
                        .matches("(millrace/[a-z-]+:0\\.1\\.0|apache/kafka:4\\.3\\.2)"));
        assertThat(bundle.manifests())
                .filteredOn(manifest -> !manifest.kind().equals("Namespace"))
                .allSatisfy(manifest -> assertThat(manifest.tree()
                                .path("metadata")
                                .path("namespace")
                                .asText())
                        .as(manifest.kind() + " " + manifest.name())
                        .isEqualTo("millrace"));
    }

    @Test
    void shouldGiveTheTrainerAloneOneGpu() throws Exception {
        Bundle bundle = Bundle.rendered("overlays/gpu");

        Workload trainer = bundle.workload("trainer").orElseThrow();
        assertThat(trainer.container().getImage()).startsWith("millrace/trainer-worker-cuda:");
        assertThat(trainer.container()
                        .getResources()
                        .getLimits()
                        .get("nvidia.com/gpu")
                        .getAmount())
                .isEqualTo("1");
        assertThat(trainer.pod().getNodeSelector()).containsEntry("nvidia.com/gpu.present", "true");
        assertThat(trainer.pod().getTolerations())
                .anySatisfy(toleration -> assertThat(toleration.getKey()).isEqualTo("nvidia.com/gpu"));
        assertThat(variable(trainer.container(), "TRAINER_DEVICE")).isEqualTo("cuda");
        Workload predictor = bundle.workload("predictor").orElseThrow();
        assertThat(predictor.container().getImage()).doesNotContain("cuda");
        assertThat(predictor.container().getResources().getLimits()).doesNotContainKey("nvidia.com/gpu");
        assertThat(variable(predictor.container(), "TRAINER_DEVICE")).isEqualTo("cpu");
    }

    @Test
    void shouldLeaveTopicsAndUsersToStrimzi() throws Exception {
        Bundle bundle = Bundle.rendered("overlays/strimzi");

        assertThat(bundle.trees("Job")).isEmpty();
        assertThat(bundle.all(KafkaTopic.class)).hasSameSizeAs(StrimziFiles.wanted());
        for (String name : new String[] {"stream-app", "trainer", "predictor"}) {
            assertThat(bundle.all(KafkaUser.class))
                    .as("who makes the Secret of " + name)
                    .anySatisfy(user -> assertThat(user.getMetadata().getName()).isEqualTo("millrace-" + name));
        }
    }

    @Test
    void shouldRenderTheExampleOfACluster() throws Exception {
        assertThat(Bundle.rendered("strimzi-cluster").manifests())
                .extracting(Manifest::kind)
                .containsExactlyInAnyOrder("Namespace", "Kafka", "KafkaNodePool");
    }

    @ParameterizedTest
    @ValueSource(strings = {"registry", "s3", "signing"})
    void shouldKeepEveryRuleWhenAComponentIsAdded(String component) throws Exception {
        assertThat(BaseTest.complaints(Bundle.renderedWith(component))).isEmpty();
    }

    @Test
    void shouldKeepBlobsInABucketWithoutAVolume() throws Exception {
        Bundle bundle = Bundle.renderedWith("s3");

        assertThat(bundle.settings().get("PIPELINE_BLOB_STORE")).startsWith("s3://");
        assertThat(bundle.trees("PersistentVolumeClaim")).isEmpty();
        for (String name : new String[] {"stream-app", "trainer", "predictor", "models"}) {
            Container container = bundle.workload(name).orElseThrow().container();
            String own = name.equals("trainer") ? "millrace-blobs-trainer" : "millrace-blobs-reader";
            assertThat(container.getEnvFrom())
                    .as(name)
                    .filteredOn(source -> source.getSecretRef() != null)
                    .extracting(source -> source.getSecretRef().getName())
                    .containsExactly(own);
        }
    }

    @Test
    void shouldGiveTheSigningKeyToTheTrainerAlone() throws Exception {
        for (Workload workload : Bundle.renderedWith("signing").workloads()) {
            boolean holds = workload.pod().getVolumes().toString().contains("millrace-signing-key");
            assertThat(holds).as(workload.name()).isEqualTo(workload.name().equals("trainer"));
        }
    }

    @Test
    void shouldScaleStreamAppAndPredictorOnly() throws Exception {
        assertThat(Bundle.rendered("overlays/keda").trees("ScaledObject"))
                .extracting(tree -> target(tree))
                .containsExactlyInAnyOrder("stream-app", "predictor");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "kind":"StatefulSet","name":"stream-app"}| "kind":"StatefulSet","name":"trainer"} | trainer must not be scaled
            "minReplicaCount":2                 | "minReplicaCount":0                  | scaled to nothing
            "maxReplicaCount":12                | "maxReplicaCount":13                 | outnumber the partitions
            "topic":"millrace.frames"           | "topic":"millrace.frame"             | follows another topic
            "allowIdleConsumers":"false"        | "allowIdleConsumers":"true"          | idle consumers
            "consumerGroup":"millrace.predictor"| "consumerGroup":"predictor"          | follows another group
            "version":"3.0.0"                   | "version":"1.0.0"                    | too old a protocol
            """)
    void shouldComplainWhenScalingHasAFault(String written, String instead, String complaint) throws Exception {
        assertThat(BaseTest.complaints(Bundle.rendered("overlays/keda").with(written, instead)))
                .anySatisfy(one -> assertThat(one).contains(complaint));
    }

    @Test
    void shouldWatchThePortOfEveryProcess() throws Exception {
        Bundle bundle = Bundle.rendered("overlays/keda");

        JsonNode monitor = bundle.trees("PodMonitor").get(0).path("spec");
        assertThat(monitor.path("podMetricsEndpoints").path(0).path("port").asText())
                .isEqualTo("metrics");
        assertThat(monitor.path("podMetricsEndpoints").path(0).path("path").asText())
                .isEqualTo("/metrics");
        monitor.path("selector")
                .path("matchLabels")
                .properties()
                .forEach(label -> assertThat(bundle.workloads())
                        .allSatisfy(workload -> assertThat(
                                        workload.template().getMetadata().getLabels())
                                .containsEntry(label.getKey(), label.getValue().asText())));
    }

    @Test
    void shouldNameJobsAsTheAlertForProcessesThatAreDownKnowsThem() throws Exception {
        Bundle bundle = Bundle.rendered("overlays/keda");
        String label = bundle.trees("PodMonitor").get(0).at("/spec/jobLabel").asText();
        String down = bundle.trees("PrometheusRule").get(0).findValuesAsText("expr").stream()
                .filter(expr -> expr.startsWith("up{"))
                .findFirst()
                .orElseThrow();
        String jobs = down.substring(down.indexOf("=~\"") + 3, down.lastIndexOf('"'));

        assertThat(bundle.workloads().stream().filter(workload -> !workload.endsByItself()))
                .hasSizeGreaterThan(2)
                .allSatisfy(workload -> assertThat(
                                workload.template().getMetadata().getLabels().get(label))
                        .matches(jobs));
    }

    private static String target(JsonNode scaled) {
        return scaled.path("spec").path("scaleTargetRef").path("name").asText();
    }

    private static String variable(Container container, String name) {
        return container.getEnv().stream()
                .filter(variable -> variable.getName().equals(name))
                .map(EnvVar::getValue)
                .findFirst()
                .orElse("");
    }
}
