package io.millrace.quickstart.access;

import io.millrace.quickstart.access.AccessMatrix.Pair;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * What one principal is allowed, found out by trying: a call for each pair that has one which changes nothing that
 * matters. Whatever else a call may fail with, only a refused authorization counts as refused.
 */
final class ClientCalls implements AutoCloseable {
    private static final String BROKER = "1";

    private final String principal;
    private final Admin admin;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<Pair, Boolean> answers = new LinkedHashMap<>();

    ClientCalls(String principal, Map<String, Object> client) {
        this.principal = principal;
        this.admin = Admin.create(client);
        Map<String, Object> producing = new HashMap<>(client);
        producing.put("enable.idempotence", false); // else a principal that may write nothing fails at once, for all
        this.producer = new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer());
        Map<String, Object> consuming = new HashMap<>(client);
        consuming.putAll(Map.of("enable.auto.commit", false, "fetch.max.wait.ms", 10));
        this.consumer = new KafkaConsumer<>(consuming, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Tries everything. */
    Map<Pair, Boolean> answers() throws InterruptedException {
        topics(AccessMatrix.names(ResourceType.TOPIC));
        groups(AccessMatrix.names(ResourceType.GROUP));
        transactions(AccessMatrix.names(ResourceType.TRANSACTIONAL_ID));
        cluster();
        return answers;
    }

    private void topics(List<String> names) throws InterruptedException {
        List<NewTopic> wanted =
                names.stream().map(name -> new NewTopic(name, 1, (short) 1)).toList();
        ask(
                ResourceType.TOPIC,
                AclOperation.CREATE,
                admin.createTopics(wanted, new CreateTopicsOptions().validateOnly(true))
                        .values());
        ask(
                ResourceType.TOPIC,
                AclOperation.DESCRIBE,
                admin.describeTopics(names).topicNameValues());
        Map<String, NewPartitions> grown = new HashMap<>();
        names.forEach(name -> grown.put(name, NewPartitions.increaseTo(100)));
        ask(
                ResourceType.TOPIC,
                AclOperation.ALTER,
                admin.createPartitions(grown, new CreatePartitionsOptions().validateOnly(true))
                        .values());
        Map<TopicPartition, RecordsToDelete> none = new HashMap<>();
        names.forEach(name -> none.put(new TopicPartition(name, 0), RecordsToDelete.beforeOffset(0)));
        ask(
                ResourceType.TOPIC,
                AclOperation.DELETE,
                byTopic(admin.deleteRecords(none).lowWatermarks()));
        configs(names);
        Map<String, Future<?>> writes = new LinkedHashMap<>();
        for (String name : names) {
            if (!name.startsWith("__")) {
                writes.put(name, producer.send(new ProducerRecord<>(name, new byte[] {1}, new byte[] {2})));
            }
        }
        ask(ResourceType.TOPIC, AclOperation.WRITE, writes);
        names.forEach(this::read);
    }

    private void configs(List<String> names) throws InterruptedException {
        List<ConfigResource> resources = names.stream()
                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                .toList();
        ask(
                ResourceType.TOPIC,
                AclOperation.DESCRIBE_CONFIGS,
                byName(admin.describeConfigs(resources).values()));
        AlterConfigOp change = new AlterConfigOp(new ConfigEntry("retention.ms", "1"), AlterConfigOp.OpType.SET);
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        resources.forEach(resource -> changes.put(resource, List.of(change)));
        AlterConfigsOptions dry = new AlterConfigsOptions().validateOnly(true);
        ask(
                ResourceType.TOPIC,
                AclOperation.ALTER_CONFIGS,
                byName(admin.incrementalAlterConfigs(changes, dry).values()));
    }

    private void read(String name) {
        TopicPartition partition = new TopicPartition(name, 0);
        consumer.assign(List.of(partition));
        consumer.seek(partition, 0);
        boolean allowed = true;
        try {
            // A fetch is answered, or refused, after the metadata that it needs: several polls.
            boolean filled = !name.startsWith("__");
            boolean read = false;
            for (int i = 0; !read && i < (filled ? 400 : 20); i++) {
                read = !consumer.poll(Duration.ofMillis(50)).isEmpty();
            }
            if (filled && !read) {
                throw new AssertionError(principal + " was neither given a record of " + name + " nor refused");
            }
        } catch (AuthorizationException e) {
            allowed = false;
        }
        note(ResourceType.TOPIC, name, AclOperation.READ, allowed);
    }

    private void groups(List<String> names) throws InterruptedException {
        ask(
                ResourceType.GROUP,
                AclOperation.DESCRIBE,
                admin.describeConsumerGroups(names).describedGroups());
        Map<String, Future<?>> commits = new LinkedHashMap<>();
        TopicPartition any = new TopicPartition(AccessMatrix.PREFIX + "frames", 0);
        for (String name : names) {
            commits.put(
                    name,
                    (admin.alterConsumerGroupOffsets(name, Map.of(any, new OffsetAndMetadata(0)))
                            .partitionResult(any)));
        }
        for (Map.Entry<String, Future<?>> commit : commits.entrySet()) {
            // Who may not read the topic is refused for its sake: that says yes to the group.
            Throwable failure = failure(commit.getValue());
            note(
                    ResourceType.GROUP,
                    commit.getKey(),
                    AclOperation.READ,
                    !(failure instanceof GroupAuthorizationException));
        }
        ask(
                ResourceType.GROUP,
                AclOperation.DELETE,
                admin.deleteConsumerGroups(names).deletedGroups());
    }

    private void transactions(List<String> names) throws InterruptedException {
        Map<String, Future<?>> described = new LinkedHashMap<>();
        var descriptions = admin.describeTransactions(names);
        names.forEach(name -> described.put(name, (descriptions.description(name))));
        ask(ResourceType.TRANSACTIONAL_ID, AclOperation.DESCRIBE, described);
        var fenced = admin.fenceProducers(names);
        Map<String, Future<?>> writes = new LinkedHashMap<>();
        names.forEach(name -> writes.put(name, (fenced.fencedProducers().get(name))));
        ask(ResourceType.TRANSACTIONAL_ID, AclOperation.WRITE, writes);
    }

    private void cluster() throws InterruptedException {
        AclBindingFilter nobody = new AclBindingFilter(
                new ResourcePatternFilter(ResourceType.TOPIC, "none", PatternType.LITERAL),
                new AccessControlEntryFilter("User:nobody", null, AclOperation.ANY, AclPermissionType.ANY));
        String name = Resource.CLUSTER_NAME;
        ask(
                ResourceType.CLUSTER,
                AclOperation.DESCRIBE,
                Map.of(name, (admin.describeAcls(nobody).values())));
        ask(
                ResourceType.CLUSTER,
                AclOperation.ALTER,
                Map.of(name, (admin.deleteAcls(List.of(nobody)).all())));
        List<ConfigResource> broker = List.of(new ConfigResource(ConfigResource.Type.BROKER, BROKER));
        ask(
                ResourceType.CLUSTER,
                AclOperation.DESCRIBE_CONFIGS,
                Map.of(name, (admin.describeConfigs(broker).all())));
    }

    private void ask(ResourceType type, AclOperation operation, Map<String, ? extends Future<?>> calls)
            throws InterruptedException {
        for (Map.Entry<String, ? extends Future<?>> call : calls.entrySet()) {
            note(type, call.getKey(), operation, !(failure(call.getValue()) instanceof AuthorizationException));
        }
    }

    private void note(ResourceType type, String name, AclOperation operation, boolean allowed) {
        answers.put(new Pair(principal, new ResourcePattern(type, name, PatternType.LITERAL), operation), allowed);
    }

    private static @Nullable Throwable failure(Future<?> call) throws InterruptedException {
        try {
            call.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    private static <V> Map<String, Future<V>> byName(Map<ConfigResource, ? extends Future<V>> calls) {
        Map<String, Future<V>> byName = new LinkedHashMap<>();
        calls.forEach((resource, call) -> byName.put(resource.name(), call));
        return byName;
    }

    private static <V> Map<String, Future<V>> byTopic(Map<TopicPartition, ? extends Future<V>> calls) {
        Map<String, Future<V>> byTopic = new LinkedHashMap<>();
        calls.forEach((partition, call) -> byTopic.put(partition.topic(), call));
        return byTopic;
    }

    @Override
    public void close() {
        consumer.close();
        producer.close();
        admin.close();
    }
}
