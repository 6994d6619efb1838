package io.millrace.k8s;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.millrace.schemas.Groups;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the objects of one bundle must agree on. */
final class BundleRules {
    /** Partitions of everything that is not about models; the base's Job and the KafkaTopics have the same. */
    static final int PARTITIONS = 12;

    private static final long TRAINER_GRACE_SECONDS = 90;
    private static final String NAMESPACE = "kubernetes.io/metadata.name";

    private final Bundle bundle;
    private final List<String> complaints = new ArrayList<>();

    private BundleRules(Bundle bundle) {
        this.bundle = bundle;
    }

    /** What is wrong with a bundle as a whole. */
    static List<String> complaints(Bundle bundle) {
        BundleRules rules = new BundleRules(bundle);
        rules.checkParts();
        rules.checkNamespace();
        rules.checkReferences();
        rules.checkNetwork();
        rules.checkScaling();
        rules.checkModels();
        return rules.complaints;
    }

    private void checkParts() {
        for (String name : List.of("stream-app", "trainer", "predictor")) {
            expect(bundle.workload(name).isPresent(), "there is no " + name);
        }
        bundle.workload("trainer").ifPresent(trainer -> {
            expect(Integer.valueOf(1).equals(trainer.replicas()), "there must be one trainer");
            expect(trainer.kind().equals("StatefulSet"), "two trainers may run during an update");
            Long grace = trainer.pod().getTerminationGracePeriodSeconds();
            expect(grace != null && grace > TRAINER_GRACE_SECONDS, "the trainer has no time for its last commit");
        });
        bundle.workload("stream-app").ifPresent(app -> {
            Long grace = app.pod().getTerminationGracePeriodSeconds();
            expect(grace != null && grace > 30, "the stream-app has no time to close");
        });
        for (Workload workload : bundle.workloads()) {
            boolean many = workload.replicas() == null || workload.replicas() > 1;
            boolean budget = bundle.all(PodDisruptionBudget.class).stream()
                    .anyMatch(one -> one.getSpec().getSelector().getMatchLabels().entrySet().stream()
                                    .allMatch(workload.template()
                                            .getMetadata()
                                            .getLabels()
                                            .entrySet()::contains)
                            && one.getSpec().getMaxUnavailable() != null
                            && Integer.valueOf(1)
                                    .equals(one.getSpec().getMaxUnavailable().getIntVal()));
            expect(!many || budget, workload.name() + " has no disruption budget");
        }
    }

    private void checkNamespace() {
        List<JsonNode> namespaces = bundle.trees("Namespace");
        expect(namespaces.size() == 1, "expected one namespace");
        for (JsonNode namespace : namespaces) {
            JsonNode labels = namespace.path("metadata").path("labels");
            for (String mode : List.of("enforce", "audit", "warn")) {
                expect(
                        labels.path("pod-security.kubernetes.io/" + mode)
                                .asText()
                                .equals("restricted"),
                        "pod security is not restricted: " + mode);
            }
        }
        expect(bundle.trees("Secret").isEmpty(), "secrets must not be written into manifests");
    }

    private void checkReferences() {
        for (Workload workload : bundle.workloads()) {
            for (Volume volume : workload.pod().getVolumes()) {
                if (volume.getPersistentVolumeClaim() != null) {
                    String claim = volume.getPersistentVolumeClaim().getClaimName();
                    expect(bundle.has("PersistentVolumeClaim", claim), workload.name() + " claims a missing " + claim);
                }
                if (volume.getProjected() != null) {
                    for (VolumeProjection source : volume.getProjected().getSources()) {
                        checkProjection(workload, source);
                    }
                }
            }
        }
    }

    private void checkProjection(Workload workload, VolumeProjection source) {
        if (source.getConfigMap() != null) {
            String map = source.getConfigMap().getName();
            expect(bundle.has("ConfigMap", map), workload.name() + " mounts a missing " + map);
        }
        if (source.getSecret() != null) {
            String secret = source.getSecret().getName();
            String own = Set.of("topics", "models").contains(workload.name())
                    ? "millrace-operator"
                    : "millrace-" + workload.name();
            expect(
                    Set.of(own, "millrace-cluster-ca-cert", "millrace-signing-key")
                            .contains(secret),
                    workload.name() + " mounts the secret of another: " + secret);
        }
    }

    private void checkNetwork() {
        List<NetworkPolicy> policies = bundle.all(NetworkPolicy.class);
        expect(
                policies.stream()
                        .map(NetworkPolicy::getSpec)
                        .anyMatch(spec -> spec.getPodSelector().getMatchLabels().isEmpty()
                                && spec.getPodSelector().getMatchExpressions().isEmpty()
                                && spec.getPolicyTypes().equals(List.of("Ingress", "Egress"))
                                && spec.getIngress().isEmpty()
                                && spec.getEgress().isEmpty()),
                "not everything is denied to begin with");
        String[] server =
                bundle.settings().getOrDefault("KAFKA_BOOTSTRAP_SERVERS", ":0").split(":", 2);
        boolean reachable = false;
        for (NetworkPolicy policy : policies) {
            String name = policy.getMetadata().getName();
            policy.getSpec().getIngress().forEach(rule -> {
                expect(!rule.getFrom().isEmpty() && !rule.getPorts().isEmpty(), name + " lets everybody in");
                if (has(rule.getPorts(), "metrics")) {
                    expect(
                            rule.getFrom().size() == 1
                                    && Map.of(NAMESPACE, "monitoring")
                                            .equals(rule.getFrom()
                                                    .get(0)
                                                    .getNamespaceSelector()
                                                    .getMatchLabels()),
                            "metrics are for the monitoring namespace only");
                }
            });
            for (var rule : policy.getSpec().getEgress()) {
                expect(!rule.getTo().isEmpty() && !rule.getPorts().isEmpty(), name + " lets everything out");
                reachable |= has(rule.getPorts(), server[1])
                        && rule.getTo().stream()
                                .anyMatch(peer -> peer.getNamespaceSelector() == null
                                        || server[0].endsWith("."
                                                + peer.getNamespaceSelector()
                                                        .getMatchLabels()
                                                        .get(NAMESPACE) + ".svc"));
            }
        }
        expect(reachable, "no policy lets anybody reach the brokers");
    }

    private static boolean has(List<NetworkPolicyPort> ports, String port) {
        return ports.stream()
                .anyMatch(one -> String.valueOf(one.getPort().getValue()).equals(port));
    }

    private void checkScaling() {
        Topics topics = new Topics(
                bundle.settings().getOrDefault("PIPELINE_TOPIC_PREFIX", "millrace."), LockedSchemaIds.load());
        Groups groups = new Groups(topics.prefix());
        Map<String, List<String>> wanted = Map.of(
                "stream-app", List.of(topics.frames().name(), groups.streamApp()),
                "predictor", List.of(topics.acceptedFrames().name(), groups.predictor()));
        for (JsonNode scaled : bundle.trees("ScaledObject")) {
            JsonNode spec = scaled.path("spec");
            String target = spec.path("scaleTargetRef").path("name").asText();
            if (!wanted.containsKey(target)) {
                complaints.add(target + " must not be scaled");
                continue;
            }
            Workload workload = bundle.workload(target).orElseThrow();
            expect(
                    workload.kind()
                            .equals(spec.path("scaleTargetRef").path("kind").asText()),
                    target + " is another kind than what is scaled");
            expect(workload.replicas() == null, target + " has a number of replicas, against which KEDA would work");
            expect(spec.path("minReplicaCount").asInt() >= 1, target + " may be scaled to nothing");
            expect(spec.path("maxReplicaCount").asInt(1000) <= PARTITIONS, target + " may outnumber the partitions");
            expect(spec.path("triggers").size() == 1, target + " expected one trigger");
            JsonNode trigger = spec.path("triggers").path(0).path("metadata");
            expect(trigger.path("topic").asText().equals(wanted.get(target).get(0)), target + " follows another topic");
            expect(
                    trigger.path("consumerGroup")
                            .asText()
                            .equals(wanted.get(target).get(1)),
                    target + " follows another group");
            expect(trigger.path("allowIdleConsumers").asText().equals("false"), target + " may have idle consumers");
            expect(trigger.path("version").asText().matches("[34]\\..*"), target + " speaks too old a protocol");
            expect(
                    trigger.path("bootstrapServers")
                            .asText()
                            .equals(bundle.settings().get("KAFKA_BOOTSTRAP_SERVERS")),
                    target + " is scaled by other brokers");
            String credentials = spec.path("triggers")
                    .path(0)
                    .path("authenticationRef")
                    .path("name")
                    .asText();
            expect(bundle.has("TriggerAuthentication", credentials), target + " has no credentials");
        }
    }

    /** Whoever takes a model back does so in a hurry: the recipe must be there, and must do nothing by itself. */
    private void checkModels() {
        List<JsonNode> models = bundle.trees("CronJob");
        expect(models.size() == 1, "expected one recipe for taking a model back");
        models.forEach(one -> expect(one.path("spec").path("suspend").asBoolean(), "models runs by itself"));
    }

    private void expect(boolean right, String otherwise) {
        if (!right) {
            complaints.add(otherwise);
        }
    }
}
