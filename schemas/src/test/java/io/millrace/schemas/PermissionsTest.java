package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.Permissions.Grant;
import io.millrace.schemas.Permissions.Principal;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

class PermissionsTest {
    private static final Topics TOPICS = new Topics("p.", LockedSchemaIds.load());
    private static final List<Grant> TABLE = Permissions.of(TOPICS);

    @Test
    void shouldLetOnlyOnePrincipalWriteEachTopicSaveThoseThatShareOne() {
        assertThat(writersOf(TOPICS.frames().name())).containsExactly("camera", "feed");
        assertThat(writersOf(TOPICS.labels().name())).containsExactly("labeler");
        assertThat(writersOf(TOPICS.acceptedFrames().name())).containsExactly("stream-app");
        assertThat(writersOf(TOPICS.labeledFrames().name())).containsExactly("stream-app");
        assertThat(writersOf(TOPICS.outcomes().name())).containsExactly("stream-app");
        assertThat(writersOf(TOPICS.predictions().name())).containsExactly("predictor");
        assertThat(writersOf(TOPICS.modelVersions().name())).containsExactly("trainer");
        assertThat(writersOf(TOPICS.modelAliases().name())).containsExactly("operator", "trainer");
        assertThat(writersOf(TOPICS.trainingLedger().name())).containsExactly("trainer");
        assertThat(writersOf(TOPICS.events().name())).containsExactly("trainer");
        assertThat(writersOf(TOPICS.labelRequests().name())).containsExactly("trainer");
    }

    @Test
    void shouldNameEachResourceOfAPrincipalWithItsOwnOperationsOnly() {
        assertThat(TABLE)
                .allSatisfy(grant -> assertThat(grant.operations())
                        .isNotEmpty()
                        .doesNotContain(AclOperation.ALL, AclOperation.ANY, AclOperation.ALTER));
        assertThat(TABLE.stream().filter(grant -> grant.on().patternType() == PatternType.PREFIXED))
                .allSatisfy(grant -> assertThat(grant.on().name()).startsWith(TOPICS.prefix()));
        assertThat(TABLE.stream().filter(grant -> grant.on().resourceType() == ResourceType.CLUSTER))
                .extracting(grant -> grant.principal().id())
                .containsExactly("operator");
    }

    @Test
    void shouldFollowTheApplicationIdWhenItIsAnother() {
        List<Grant> table = Permissions.of(TOPICS, "mine");

        assertThat(table.stream().filter(grant -> grant.principal() == Principal.STREAM_APP))
                .extracting(grant -> grant.on().name())
                .contains("mine", "mine-")
                .noneMatch(name -> name.startsWith("p.stream-app"));
    }

    @Test
    void shouldBecomeOneAclForEachOperation() {
        List<AclBinding> bindings = Permissions.bindings(TABLE, principal -> "User:x-" + principal.id());

        assertThat(bindings)
                .doesNotHaveDuplicates()
                .hasSize(TABLE.stream()
                        .mapToInt(grant -> grant.operations().size())
                        .sum())
                .allSatisfy(binding -> assertThat(binding.entry().principal()).startsWith("User:x-"));
    }

    private static Set<String> writersOf(String topic) {
        Set<String> writers = new TreeSet<>();
        TABLE.stream()
                .filter(grant -> grant.on().resourceType() == ResourceType.TOPIC)
                .filter(grant -> grant.operations().contains(AclOperation.WRITE))
                .filter(grant -> grant.on().patternType() == PatternType.LITERAL
                        ? grant.on().name().equals(topic)
                        : topic.startsWith(grant.on().name()))
                .forEach(grant -> writers.add(grant.principal().id()));
        return writers;
    }
}
