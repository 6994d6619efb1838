package io.millrace.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.Groups;
import io.millrace.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** What a scaler by lag asks the broker: the partitions of a topic, the offsets of its group there, and the ends. */
final class Autoscaler {
    private Autoscaler() {}

    /**
     * Asks for what k8s/components/keda names.
     *
     * @param client settings of an admin client
     */
    static void ask(Map<String, Object> client, Topics topics) throws ExecutionException, InterruptedException {
        Groups groups = new Groups(topics.prefix());
        Map<String, String> groupByTopic = Map.of(
                topics.frames().name(), groups.streamApp(),
                topics.acceptedFrames().name(), groups.predictor());
        try (Admin admin = Admin.create(client)) {
            admin.describeTopics(groupByTopic.keySet()).allTopicNames().get();
            for (Map.Entry<String, String> entry : groupByTopic.entrySet()) {
                TopicPartition partition = new TopicPartition(entry.getKey(), 0);
                ListConsumerGroupOffsetsSpec spec =
                        new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(partition));
                assertThat(admin.listConsumerGroupOffsets(Map.of(entry.getValue(), spec))
                                .partitionsToOffsetAndMetadata(entry.getValue())
                                .get())
                        .containsKey(partition);
                admin.listOffsets(Map.of(partition, OffsetSpec.latest())).all().get();
            }
        }
    }
}
