package io.millrace.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import io.strimzi.api.kafka.model.user.KafkaUserAuthorizationSimple;
import io.strimzi.api.kafka.model.user.acl.AclRule;
import io.strimzi.api.kafka.model.user.acl.AclRuleGroupResource;
import io.strimzi.api.kafka.model.user.acl.AclRuleResource;
import io.strimzi.api.kafka.model.user.acl.AclRuleTopicResource;
import io.strimzi.api.kafka.model.user.acl.AclRuleTransactionalIdResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Keeps the generated resources what the code says. The second look reads the files through Strimzi's models, so that a
 * fault of the generator is found, too.
 */
class StrimziFilesTest {
    private static final String WRITE = "millrace.write.k8s";
    private static final String COMMAND = "./mvnw -pl k8s -am test -Dtest=StrimziFilesTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -D" + WRITE + "=true";
    private static final Path DIRECTORY = Bundle.ROOT.resolve("components/strimzi");

    @Test
    void shouldSayWhatTheTablesSay() throws IOException {
        compare("topics.yaml", StrimziFiles.topics());
        compare("users.yaml", StrimziFiles.users());
    }

    @Test
    void shouldHaveEveryTopicWithItsSettingsAndNoOther() throws IOException {
        Map<String, String> wanted = new TreeMap<>();
        StrimziFiles.wanted()
                .forEach(topic -> wanted.put(
                        topic.name(),
                        topic.numPartitions() + " x " + topic.replicationFactor() + " "
                                + new TreeMap<>(topic.configs())));

        assertThat(topicsIn(Files.readString(DIRECTORY.resolve("topics.yaml")))).isEqualTo(wanted);
        assertThat(wanted.keySet()).contains("millrace.frames", "millrace.dlq.predictions");
    }

    @Test
    void shouldNoticeWhenATopicIsMissingOrDiffers() throws IOException {
        String text = Files.readString(DIRECTORY.resolve("topics.yaml"));
        Map<String, String> found = topicsIn(text);

        assertThat(topicsIn(text.substring(text.indexOf("---\n") + 4))).isNotEqualTo(found);
        assertThat(topicsIn(text.replaceFirst("retention.ms: \\d+", "retention.ms: 1")))
                .isNotEqualTo(found);
    }

    @Test
    void shouldGrantEveryRowOfTheTableAndNoOther() throws IOException {
        Set<String> wanted = StrimziFiles.grants().stream()
                .flatMap(grant -> grant.operations().stream()
                        .map(operation -> String.join(
                                " ",
                                StrimziFiles.userName(grant.principal()),
                                StrimziFiles.typeName(grant.on().resourceType()),
                                grant.on().name(),
                                grant.on().patternType().name(),
                                StrimziFiles.operationName(operation))))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(grantsIn(Files.readString(DIRECTORY.resolve("users.yaml")))).isEqualTo(wanted);
        assertThat(wanted).contains("millrace-camera topic millrace.frames LITERAL Write");
    }

    private static Map<String, String> topicsIn(String text) {
        Map<String, String> found = new TreeMap<>();
        new Bundle("topics", StrictYaml.manifests("topics.yaml", text))
                .all(KafkaTopic.class)
                .forEach(topic -> {
                    Map<String, String> config = new TreeMap<>();
                    topic.getSpec().getConfig().forEach((key, value) -> config.put(key, String.valueOf(value)));
                    found.put(
                            topic.getMetadata().getName(),
                            topic.getSpec().getPartitions() + " x "
                                    + topic.getSpec().getReplicas() + " " + config);
                });
        return found;
    }

    private static Set<String> grantsIn(String text) {
        Set<String> found = new TreeSet<>();
        for (KafkaUser user : new Bundle("users", StrictYaml.manifests("users.yaml", text)).all(KafkaUser.class)) {
            assertThat(user.getSpec().getAuthentication().getType()).isEqualTo("scram-sha-512");
            KafkaUserAuthorizationSimple simple =
                    (KafkaUserAuthorizationSimple) user.getSpec().getAuthorization();
            for (AclRule rule : simple.getAcls()) {
                rule.getOperations()
                        .forEach(operation -> found.add(user.getMetadata().getName() + " " + on(rule.getResource())
                                + " " + operation.toValue()));
            }
        }
        return found;
    }

    private static String on(AclRuleResource resource) {
        if (resource instanceof AclRuleTopicResource topic) {
            return "topic " + topic.getName() + " "
                    + pattern(topic.getPatternType().toValue());
        }
        if (resource instanceof AclRuleGroupResource group) {
            return "group " + group.getName() + " "
                    + pattern(group.getPatternType().toValue());
        }
        if (resource instanceof AclRuleTransactionalIdResource id) {
            return "transactionalId " + id.getName() + " "
                    + pattern(id.getPatternType().toValue());
        }
        return "cluster kafka-cluster LITERAL";
    }

    private static String pattern(String word) {
        return Stream.of("PREFIXED", "LITERAL")
                .filter(name -> name.toLowerCase(java.util.Locale.ROOT).startsWith(word))
                .findFirst()
                .orElseThrow();
    }

    private static void compare(String file, String text) throws IOException {
        Path path = DIRECTORY.resolve(file);
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(path, text);
        }
        assertThat(path).as(file + " is stale; write it anew with: " + COMMAND).hasContent(text);
    }
}
