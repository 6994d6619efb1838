package io.millrace.k8s;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads manifests and refuses what a cluster would refuse or, worse, ignore: kinds, fields and values that the typed
 * models do not know, and keys that stand twice. Kinds for which there is no model have a list of fields.
 */
final class StrictYaml {
    private static final Map<String, Class<?>> MODELS = Map.ofEntries(
            Map.entry("v1/Namespace", Namespace.class),
            Map.entry("v1/ConfigMap", ConfigMap.class),
            Map.entry("v1/Secret", Secret.class),
            Map.entry("v1/Service", Service.class),
            Map.entry("v1/PersistentVolumeClaim", PersistentVolumeClaim.class),
            Map.entry("apps/v1/Deployment", Deployment.class),
            Map.entry("apps/v1/StatefulSet", StatefulSet.class),
            Map.entry("batch/v1/Job", Job.class),
            Map.entry("batch/v1/CronJob", CronJob.class),
            Map.entry("networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class),
            Map.entry("policy/v1/PodDisruptionBudget", PodDisruptionBudget.class),
            Map.entry("kafka.strimzi.io/v1/Kafka", Kafka.class),
            Map.entry("kafka.strimzi.io/v1/KafkaNodePool", KafkaNodePool.class),
            Map.entry("kafka.strimzi.io/v1/KafkaTopic", KafkaTopic.class),
            Map.entry("kafka.strimzi.io/v1/KafkaUser", KafkaUser.class));

    private static final String META = "apiVersion kind metadata.name metadata.namespace metadata.labels.* ";
    private static final Map<String, Set<String>> FIELDS = Map.of(
            "keda.sh/v1alpha1/ScaledObject",
            fields("spec.scaleTargetRef.apiVersion spec.scaleTargetRef.kind spec.scaleTargetRef.name"
                    + " spec.pollingInterval spec.minReplicaCount spec.maxReplicaCount"
                    + " spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.stabilizationWindowSeconds"
                    + " spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.policies[].type"
                    + " spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.policies[].value"
                    + " spec.advanced.horizontalPodAutoscalerConfig.behavior.scaleDown.policies[].periodSeconds"
                    + " spec.triggers[].type spec.triggers[].metadata.bootstrapServers"
                    + " spec.triggers[].metadata.consumerGroup spec.triggers[].metadata.topic"
                    + " spec.triggers[].metadata.lagThreshold spec.triggers[].metadata.version"
                    + " spec.triggers[].metadata.offsetResetPolicy spec.triggers[].metadata.allowIdleConsumers"
                    + " spec.triggers[].metadata.sasl spec.triggers[].metadata.tls"
                    + " spec.triggers[].authenticationRef.name"),
            "keda.sh/v1alpha1/TriggerAuthentication",
            fields("spec.secretTargetRef[].parameter spec.secretTargetRef[].name spec.secretTargetRef[].key"),
            "monitoring.coreos.com/v1/PodMonitor",
            fields("spec.selector.matchLabels.* spec.jobLabel spec.podMetricsEndpoints[].port"
                    + " spec.podMetricsEndpoints[].path spec.podMetricsEndpoints[].interval"
                    + " spec.podMetricsEndpoints[].relabelings[].targetLabel"
                    + " spec.podMetricsEndpoints[].relabelings[].replacement"),
            "monitoring.coreos.com/v1/PrometheusRule",
            fields("spec.groups[].name spec.groups[].interval spec.groups[].rules[].alert"
                    + " spec.groups[].rules[].record spec.groups[].rules[].expr spec.groups[].rules[].for"
                    + " spec.groups[].rules[].keep_firing_for spec.groups[].rules[].labels.*"
                    + " spec.groups[].rules[].annotations.*"));

    private static final ObjectMapper MAPPER = YAMLMapper.builder()
            .annotationIntrospector(new JacksonAnnotationIntrospector() {
                /** The models put unknown fields into a map; without it, they are unknown. */
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            })
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private StrictYaml() {}

    /** Documents of a text that need not be manifests. */
    static List<JsonNode> trees(String text) throws IOException {
        return MAPPER.readerFor(JsonNode.class).<JsonNode>readValues(text).readAll();
    }

    /**
     * Manifests of a text.
     *
     * @param source where it is from, for messages
     * @throws IllegalArgumentException with what is wrong, and where
     */
    static List<Manifest> manifests(String source, String text) {
        List<Manifest> manifests = new ArrayList<>();
        try {
            for (JsonNode tree : trees(text)) {
                manifests.add(manifest(source, tree));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
        }
        return manifests;
    }

    private static Manifest manifest(String source, JsonNode tree) throws JsonProcessingException {
        String kind = tree.path("apiVersion").asText() + "/" + tree.path("kind").asText();
        Class<?> model = MODELS.get(kind);
        if (model != null) {
            return new Manifest(tree, MAPPER.treeToValue(tree, model));
        }
        Set<String> known = FIELDS.get(kind);
        if (known == null) {
            throw new IllegalArgumentException(source + ": unknown kind " + kind);
        }
        Set<String> unknown = new TreeSet<>();
        collect(tree, "", known, unknown);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(source + ": " + kind + " has unknown fields " + unknown);
        }
        return new Manifest(tree, tree);
    }

    /** Collects the path of every leaf; what lies below a known {@code path.*} is one path. */
    private static void collect(JsonNode node, String path, Set<String> known, Set<String> paths) {
        if (node.isArray()) {
            node.forEach(element -> collect(element, path + "[]", known, paths));
        } else if (node.isObject()) {
            node.properties().forEach(field -> {
                String below = path.isEmpty() ? field.getKey() : path + "." + field.getKey();
                collect(field.getValue(), known.contains(path + ".*") ? path + ".*" : below, known, paths);
            });
        } else {
            paths.add(path);
        }
    }

    private static Set<String> fields(String own) {
        return Set.of((META + own).split(" ", -1));
    }
}
