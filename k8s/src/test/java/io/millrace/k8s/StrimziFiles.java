package io.millrace.k8s;

import io.millrace.quickstart.broker.TopicSetup;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.Permissions;
import io.millrace.schemas.Permissions.Grant;
import io.millrace.schemas.Permissions.Principal;
import io.millrace.schemas.Topics;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;

/** The topics and users of a pipeline as Strimzi's resources, from the tables in the code. */
final class StrimziFiles {
    static final int REPLICAS = 3;

    /** The cluster that the resources belong to. */
    static final String CLUSTER = "millrace";

    private static final Topics TOPICS = new Topics("millrace.", LockedSchemaIds.load());
    private static final String HEADER =
            "# Generated from the tables in the code; StrimziFilesTest says how to write it anew.\n";

    private StrimziFiles() {}

    /** What {@code topics.yaml} says. */
    static String topics() {
        return HEADER
                + wanted().stream()
                        .sorted(Comparator.comparing(NewTopic::name))
                        .map(StrimziFiles::topic)
                        .collect(Collectors.joining("---\n"));
    }

    /** What {@code users.yaml} says. */
    static String users() {
        return HEADER + Stream.of(Principal.values()).map(StrimziFiles::user).collect(Collectors.joining("---\n"));
    }

    /** Every topic as the command line would create it. */
    static List<NewTopic> wanted() {
        return new TopicSetup(TOPICS, BundleRules.PARTITIONS, REPLICAS).wanted();
    }

    /** Every row of the table of permissions. */
    static List<Grant> grants() {
        return Permissions.of(TOPICS);
    }

    /** Name of a principal's KafkaUser, and of its Secret. */
    static String userName(Principal principal) {
        return CLUSTER + "-" + principal.id();
    }

    private static String topic(NewTopic topic) {
        StringBuilder text = new StringBuilder(head("KafkaTopic", topic.name()))
                .append("  partitions: " + topic.numPartitions() + "\n")
                .append("  replicas: " + topic.replicationFactor() + "\n")
                .append("  config:\n");
        new TreeMap<>(topic.configs()).forEach((key, value) -> text.append("    %s: %s\n".formatted(key, value)));
        return text.toString();
    }

    private static String user(Principal principal) {
        StringBuilder text = new StringBuilder(head("KafkaUser", userName(principal)))
                .append("  authentication:\n    type: scram-sha-512\n")
                .append("  authorization:\n    type: simple\n    acls:\n");
        for (Grant grant : grants()) {
            if (grant.principal() == principal) {
                text.append(acl(grant));
            }
        }
        return text.toString();
    }

    private static String acl(Grant grant) {
        StringBuilder text = new StringBuilder("      - resource:\n");
        text.append("          type: " + typeName(grant.on().resourceType()) + "\n");
        if (grant.on().resourceType() != ResourceType.CLUSTER) {
            text.append("          name: " + grant.on().name() + "\n");
            text.append("          patternType: "
                    + (grant.on().patternType() == PatternType.PREFIXED ? "prefix" : "literal") + "\n");
        }
        text.append("        operations:\n");
        grant.operations().stream()
                .map(StrimziFiles::operationName)
                .sorted()
                .forEach(operation -> text.append("          - " + operation + "\n"));
        return text.toString();
    }

    private static String head(String kind, String name) {
        return """
                apiVersion: kafka.strimzi.io/v1
                kind: %s
                metadata:
                  name: %s
                  labels:
                    strimzi.io/cluster: %s
                spec:
                """.formatted(kind, name, CLUSTER);
    }

    /** Strimzi's word for a type of resource. */
    static String typeName(ResourceType type) {
        return type == ResourceType.TRANSACTIONAL_ID
                ? "transactionalId"
                : type.name().toLowerCase(Locale.ROOT);
    }

    /** Strimzi's word for an operation: {@code DescribeConfigs}. */
    static String operationName(AclOperation operation) {
        return Stream.of(operation.name().split("_", -1))
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }
}
