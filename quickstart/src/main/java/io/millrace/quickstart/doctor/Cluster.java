package io.millrace.quickstart.doctor;

import io.millrace.runtime.PipelineSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Questions to the brokers. Each gives up after seconds. Thread-safe. */
final class Cluster implements AutoCloseable {
    private final Admin admin;

    Cluster(PipelineSettings pipeline) {
        admin = Admin.create(
                pipeline.kafkaWith(Map.of("default.api.timeout.ms", "5000", "request.timeout.ms", "4000")));
    }

    Admin admin() {
        return admin;
    }

    /** Waits for an answer, and throws what the broker threw. */
    static <T> T get(KafkaFuture<T> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new KafkaException(e.getCause());
        }
    }

    /**
     * What is known of some topics.
     *
     * @param there those that are there, with what this principal may do to them
     * @param hidden those that this principal may not see
     */
    record Known(Map<String, TopicDescription> there, Set<String> hidden) {}

    /** Asks for topics; one that is in neither part of the answer is not there. */
    Known describe(Collection<String> topics) throws InterruptedException {
        Map<String, TopicDescription> there = new TreeMap<>();
        Set<String> hidden = new TreeSet<>();
        DescribeTopicsOptions withOperations = new DescribeTopicsOptions().includeAuthorizedOperations(true);
        for (var answer :
                admin.describeTopics(topics, withOperations).topicNameValues().entrySet()) {
            try {
                there.put(answer.getKey(), get(answer.getValue()));
            } catch (UnknownTopicOrPartitionException e) {
                continue; // its absence from the answer says so
            } catch (TopicAuthorizationException e) {
                hidden.add(answer.getKey());
            }
        }
        return new Known(there, hidden);
    }

    /** Settings in use, defaults among them, of topics or brokers. */
    Map<String, Map<String, String>> settings(ConfigResource.Type type, Collection<String> names)
            throws InterruptedException {
        Collection<ConfigResource> asked =
                names.stream().map(name -> new ConfigResource(type, name)).toList();
        Map<String, Map<String, String>> settings = new TreeMap<>();
        for (Map.Entry<ConfigResource, Config> entry :
                get(admin.describeConfigs(asked).all()).entrySet()) {
            Map<String, String> values = new HashMap<>();
            for (ConfigEntry value : entry.getValue().entries()) {
                if (value.value() != null) {
                    values.put(value.name(), value.value());
                }
            }
            settings.put(entry.getKey().name(), values);
        }
        return settings;
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
