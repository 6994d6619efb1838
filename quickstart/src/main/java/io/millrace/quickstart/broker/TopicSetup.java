package io.millrace.quickstart.broker;

import io.millrace.schemas.Topic;
import io.millrace.schemas.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the topics of a pipeline with their settings. Topics that are there are left as they are. */
public final class TopicSetup {
    /** Room for an inline sample of 900 KiB and what goes with it. */
    private static final int MAX_MESSAGE_BYTES = (1 << 20) + (64 << 10);

    private final Topics topics;
    private final int partitions;
    private final short replicas;

    /**
     * @param partitions of the topics that carry frames and labels; those about models have one, because their order
     *     matters as a whole
     * @param replicas copies of each partition
     */
    public TopicSetup(Topics topics, int partitions, int replicas) {
        this.topics = topics;
        this.partitions = partitions;
        this.replicas = (short) replicas;
    }

    /**
     * Creates what is missing.
     *
     * @return names of the topics that were created
     * @throws KafkaException when the broker refuses one
     */
    public List<String> createOn(Admin admin) throws InterruptedException {
        List<String> created = new ArrayList<>();
        Map<String, KafkaFuture<Void>> answers = admin.createTopics(wanted()).values();
        for (Map.Entry<String, KafkaFuture<Void>> answer : answers.entrySet()) {
            try {
                answer.getValue().get();
                created.add(answer.getKey());
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw new KafkaException("cannot create topic " + answer.getKey(), e.getCause());
                }
            }
        }
        return created;
    }

    /**
     * Gives the topics of frames and labels more partitions, where they have fewer than wanted. A topic never has fewer
     * again, and keys move to other partitions. No stream-app may run meanwhile.
     *
     * @param besideFrames internal topics of the stream-app with as many partitions as frames; none before its first run
     * @return names of the topics that grew
     * @throws KafkaException when the broker refuses
     */
    public List<String> growOn(Admin admin, Set<String> besideFrames) throws InterruptedException {
        Set<String> about = aboutModels(topics);
        List<String> wanted = new ArrayList<>(besideFrames);
        topics.all().stream()
                .map(Topic::name)
                .filter(name -> !about.contains(name))
                .forEach(wanted::add);
        try {
            Set<String> there = admin.listTopics().names().get();
            wanted.retainAll(there);
            Map<String, NewPartitions> more = new TreeMap<>();
            admin.describeTopics(wanted).allTopicNames().get().forEach((name, topic) -> {
                if (topic.partitions().size() < partitions) {
                    more.put(name, NewPartitions.increaseTo(partitions));
                }
            });
            admin.createPartitions(more).all().get();
            return List.copyOf(more.keySet());
        } catch (ExecutionException e) {
            throw new KafkaException("cannot add partitions", e.getCause());
        }
    }

    /** Topics about models: they have one partition, because their order counts as a whole. */
    public static Set<String> aboutModels(Topics topics) {
        return Set.of(
                topics.modelVersions().name(),
                topics.modelAliases().name(),
                topics.trainingLedger().name(),
                topics.events().name());
    }

    /** Every topic of the pipeline, those for dead letters among them, as it would be created. */
    public List<NewTopic> wanted() {
        Set<String> about = aboutModels(topics);
        List<NewTopic> wanted = new ArrayList<>();
        for (Topic<?> topic : topics.all()) {
            wanted.add(newTopic(topic.name(), about.contains(topic.name()) ? 1 : partitions, topic.settings()));
        }
        for (Topic<?> topic : List.of(topics.frames(), topics.labels(), topics.predictions())) {
            wanted.add(newTopic(topics.deadLettersOf(topic), 1, topics.deadLetterSettings()));
        }
        return wanted;
    }

    private NewTopic newTopic(String name, int partitions, Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.putIfAbsent("max.message.bytes", Integer.toString(MAX_MESSAGE_BYTES));
        return new NewTopic(name, partitions, replicas).configs(all);
    }
}
