package io.millrace.quickstart.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {
    private final Topics topics = new Topics("test.", LockedSchemaIds.load());

    @TempDir
    Path directory;

    @Test
    void shouldReadAgainWhatWasProducedWhenTheBrokerRestarts() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
                Admin admin = admin(broker)) {
            assertThat(new TopicSetup(topics, 2, 1).createOn(admin)).hasSize(14);
            assertThat(new TopicSetup(topics, 2, 1).createOn(admin)).isEmpty();
            produce(broker, "hello");
            assertThat(admin.describeFeatures()
                            .featureMetadata()
                            .get()
                            .finalizedFeatures()
                            .get("transaction.version")
                            .maxVersionLevel())
                    .isEqualTo((short) 2);
        }

        try (EmbeddedBroker broker = EmbeddedBroker.start(directory, 0);
                Admin admin = admin(broker)) {
            assertThat(consume(broker)).containsExactly("hello");
            assertThat(admin.listTopics().names().get())
                    .contains("test.frames", "test.dlq.frames", "test.dlq.labels", "test.dlq.predictions");
            assertThat(admin.describeTopics(List.of("test.frames", "test.events"))
                            .allTopicNames()
                            .get()
                            .values())
                    .extracting(topic -> topic.partitions().size())
                    .containsExactlyInAnyOrder(2, 1);
            ConfigResource aliases = new ConfigResource(ConfigResource.Type.TOPIC, "test.model-aliases");
            assertThat(admin.describeConfigs(List.of(aliases))
                            .all()
                            .get()
                            .get(aliases)
                            .get("cleanup.policy")
                            .value())
                    .isEqualTo("compact");
        }
    }

    private static Admin admin(EmbeddedBroker broker) {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    private static void produce(EmbeddedBroker broker, String value) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>("test.frames", 0, "key", value)).get();
        }
    }

    private static List<String> consume(EmbeddedBroker broker) {
        TopicPartition partition = new TopicPartition("test.frames", 0);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            return consumer.poll(Duration.ofSeconds(20)).records(partition).stream()
                    .map(record -> record.value())
                    .toList();
        }
    }
}
