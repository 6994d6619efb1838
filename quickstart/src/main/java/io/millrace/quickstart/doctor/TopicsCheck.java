package io.millrace.quickstart.doctor;

import io.millrace.quickstart.broker.TopicSetup;
import io.millrace.quickstart.doctor.Cluster.Known;
import io.millrace.quickstart.doctor.Finding.Fail;
import io.millrace.quickstart.doctor.Finding.Ok;
import io.millrace.quickstart.doctor.Finding.Skip;
import io.millrace.quickstart.doctor.Finding.Warn;
import io.millrace.schemas.Topics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;

/** Every topic is there, as {@link TopicSetup} would create it in what matters. */
record TopicsCheck(Site site, Cluster cluster) implements Check {
    private static final int FOR_ONE_LOSS = 3;

    @Override
    public String name() {
        return "topics";
    }

    @Override
    public List<Finding> examine() throws InterruptedException {
        Topics topics = site.pipeline().topics();
        Map<String, NewTopic> wanted = new LinkedHashMap<>();
        new TopicSetup(topics, 1, 1).wanted().forEach(topic -> wanted.put(topic.name(), topic));
        Known known = cluster.describe(wanted.keySet());
        List<Finding> findings = new ArrayList<>();
        findings.add(present(wanted, known));
        findings.addAll(partitions(topics, known.there()));
        int brokers = Cluster.get(cluster.admin().describeCluster().nodes()).size();
        findings.addAll(settings(wanted, known.there(), brokers));
        return findings;
    }

    private Finding present(Map<String, NewTopic> wanted, Known known) {
        List<String> missing = wanted.keySet().stream()
                .filter(topic ->
                        !known.there().containsKey(topic) && !known.hidden().contains(topic))
                .sorted()
                .toList();
        String hidden = known.hidden().isEmpty() ? "" : ", " + known.hidden().size() + " not visible to this principal";
        return missing.isEmpty()
                ? new Ok(name(), known.there().size() + " of " + wanted.size() + " are there" + hidden)
                : new Fail(
                        name(),
                        "missing: " + String.join(", ", missing),
                        site.remedies().millrace("topics"));
    }

    private List<Finding> partitions(Topics topics, Map<String, TopicDescription> there) {
        List<Finding> findings = new ArrayList<>();
        for (String topic : TopicSetup.aboutModels(topics)) {
            int partitions = partitionsOf(there, topic);
            if (partitions > 1) {
                findings.add(new Fail(
                        "topics.partitions",
                        topic + " has " + partitions + " partitions: its order counts as a whole, so it must have 1",
                        site.remedies().recreate(topic, lostWith(topics, topic))));
            }
        }
        String accepted = topics.acceptedFrames().name();
        int from = partitionsOf(there, topics.frames().name());
        int to = partitionsOf(there, accepted);
        if (from > 0 && to > 0 && from != to) {
            findings.add(new Warn(
                    "topics.partitions",
                    topics.frames().name() + " has " + from + " partitions and " + accepted + " " + to + ": "
                            + (from > to
                                    ? "partitions share one"
                                    : "some never get a frame, and the trainer waits for them"),
                    site.remedies().grow(Math.max(from, to))));
        }
        if (findings.isEmpty() && from > 0) {
            findings.add(
                    new Ok("topics.partitions", from + " of " + topics.frames().name() + ", 1 of those about models"));
        }
        return findings;
    }

    private static String lostWith(Topics topics, String topic) {
        if (topic.equals(topics.trainingLedger().name())) {
            return "where the trainer stands, so it learns the frames that are still kept anew";
        }
        if (topic.equals(topics.modelVersions().name())) {
            return "every version of the model, so none can be loaded or taken back to";
        }
        return topic.equals(topics.modelAliases().name())
                ? "which version is champion, until `models promote` says it again"
                : "what was decided and why";
    }

    private static int partitionsOf(Map<String, TopicDescription> there, String topic) {
        TopicDescription description = there.get(topic);
        return description == null ? 0 : description.partitions().size();
    }

    private List<Finding> settings(Map<String, NewTopic> wanted, Map<String, TopicDescription> there, int brokers)
            throws InterruptedException {
        if (there.isEmpty()) {
            return List.of(new Skip("topics.settings", "no topic is there and visible"));
        }
        Map<String, Map<String, String>> settings;
        try {
            settings = cluster.settings(ConfigResource.Type.TOPIC, there.keySet());
        } catch (AuthorizationException e) {
            return List.of(new Skip("topics.settings", "this principal may not see the settings of the topics"));
        }
        List<Finding> findings = new ArrayList<>();
        TopicRules rules = new TopicRules(site.remedies());
        for (TopicDescription topic : there.values()) {
            NewTopic asCreated = wanted.get(topic.name());
            Map<String, String> inUse = settings.get(topic.name());
            if (asCreated != null && inUse != null) {
                findings.addAll(rules.settings(asCreated, inUse));
                findings.addAll(rules.replicas(topic.name(), topic.partitions(), inUse));
            }
        }
        settings.values().stream().findFirst().ifPresent(any -> findings.add(TopicRules.bombs(any)));
        if (findings.stream()
                .noneMatch(one -> one instanceof Fail && one.check().equals("topics.settings"))) {
            findings.add(new Ok("topics.settings", "kept as long, and taking records as large, as the pipeline needs"));
        }
        long fewest = there.values().stream()
                .flatMap(topic -> topic.partitions().stream())
                .map(TopicPartitionInfo::replicas)
                .mapToLong(List::size)
                .min()
                .orElse(0);
        if (fewest > 0 && fewest < Math.min(brokers, FOR_ONE_LOSS)) {
            findings.add(new Warn(
                    "topics.replication",
                    "there are " + brokers + " brokers, and topics with " + fewest + " copies",
                    "kafka-reassign-partitions.sh, or create them so: "
                            + site.remedies().millrace("topics --replicas " + Math.min(brokers, FOR_ONE_LOSS))));
        }
        return findings;
    }
}
