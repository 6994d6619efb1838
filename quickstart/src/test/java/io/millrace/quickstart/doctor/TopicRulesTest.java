package io.millrace.quickstart.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.broker.TopicSetup;
import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.quickstart.doctor.Finding.Warn;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;

class TopicRulesTest {
    private static final Node FIRST = new Node(1, "a", 9092);
    private static final Node SECOND = new Node(2, "b", 9092);

    private final TopicRules rules = new TopicRules(new Remedies(Map.of("bootstrap.servers", "kafka:9092"), ""));

    @Test
    void shouldFindNothingWhenATopicIsAsItWasCreated() {
        for (NewTopic topic : new TopicSetup(new Topics("t.", LockedSchemaIds.load()), 4, 1).wanted()) {
            assertThat(rules.settings(topic, created(topic))).as(topic.name()).isEmpty();
        }
    }

    @Test
    void shouldFailWhenWhatIsNeededForEverIsNotKept() {
        NewTopic ledger = topic("t.training-ledger");
        Map<String, String> inUse = created(ledger);
        inUse.put("retention.bytes", "1000000");

        assertThat(rules.settings(ledger, inUse))
                .containsExactly(new Fail(
                        "topics.settings",
                        "t.training-ledger has retention.bytes=1000000: its records are needed for ever",
                        "kafka-configs.sh --bootstrap-server kafka:9092 --alter --entity-type topics --entity-name"
                                + " t.training-ledger --add-config retention.bytes=-1"));
    }

    @Test
    void shouldOnlyWarnWhenFramesAreKeptForLess() {
        NewTopic frames = topic("t.frames");
        Map<String, String> inUse = created(frames);
        inUse.put("retention.ms", "1000");
        assertThat(rules.settings(frames, inUse)).singleElement().isInstanceOf(Warn.class);

        inUse.put("retention.ms", "-1"); // for longer than asked is no fault
        assertThat(rules.settings(frames, inUse)).isEmpty();
    }

    @Test
    void shouldFailWhenAliasesAreCompactedAndDeleted() {
        NewTopic aliases = topic("t.model-aliases");
        Map<String, String> inUse = created(aliases);
        inUse.put("cleanup.policy", "compact,delete");

        assertThat(rules.settings(aliases, inUse))
                .singleElement()
                .satisfies(finding -> assertThat(((Fail) finding).remedy()).endsWith("cleanup.policy=compact"));
    }

    @Test
    void shouldFailWhenAPartitionTakesNoRecords() {
        Map<String, String> two = Map.of("min.insync.replicas", "2");
        TopicPartitionInfo whole = new TopicPartitionInfo(0, FIRST, List.of(FIRST, SECOND), List.of(FIRST, SECOND));
        TopicPartitionInfo half = new TopicPartitionInfo(1, FIRST, List.of(FIRST, SECOND), List.of(FIRST));
        TopicPartitionInfo dead = new TopicPartitionInfo(2, null, List.of(FIRST), List.of());

        assertThat(rules.replicas("t", List.of(whole), two)).isEmpty();
        assertThat(rules.replicas("t", List.of(whole, half), two))
                .singleElement()
                .satisfies(finding -> assertThat(finding.found()).contains("t-1 has 1 of 2 copies in sync"));
        assertThat(rules.replicas("t", List.of(dead), Map.of())).singleElement().isInstanceOf(Fail.class);
        assertThat(rules.replicas("t", List.of(new TopicPartitionInfo(0, FIRST, List.of(FIRST), List.of(FIRST))), two))
                .singleElement()
                .satisfies(finding -> assertThat(finding.found()).contains("nothing can be written"));
    }

    @Test
    void shouldWarnOfBrokersThatCannotBoundWhatARecordExpandsTo() {
        assertThat(TopicRules.bombs(Map.of())).isInstanceOf(Warn.class);
        assertThat(TopicRules.bombs(Map.of("max.decompressed.message.bytes", "1")))
                .isInstanceOf(Ok.class);
    }

    private static NewTopic topic(String name) {
        return new TopicSetup(new Topics("t.", LockedSchemaIds.load()), 4, 1)
                .wanted().stream()
                        .filter(topic -> topic.name().equals(name))
                        .findFirst()
                        .orElseThrow();
    }

    /** What a broker would tell: its defaults, and what the topic was created with. */
    private static Map<String, String> created(NewTopic topic) {
        Map<String, String> inUse =
                new HashMap<>(Map.of("cleanup.policy", "delete", "retention.ms", "604800000", "retention.bytes", "-1"));
        inUse.putAll(topic.configs());
        return inUse;
    }
}
