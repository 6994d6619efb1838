package io.millrace.trainer;

import io.millrace.runtime.PipelineSettings;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka clients as both loops need them: only what is committed is read, and written only in transactions. */
record Clients(PipelineSettings pipeline, TrainerSettings settings) {
    KafkaConsumer<byte[], byte[]> consumer(Map<String, String> own) {
        Map<String, String> config = new HashMap<>(own);
        config.put("enable.auto.commit", "false");
        config.put("isolation.level", "read_committed");
        config.put("fetch.max.wait.ms", "50");
        return new KafkaConsumer<>(
                pipeline.kafkaWith(config), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    KafkaProducer<String, byte[]> producer(String transactionalId) {
        Map<String, String> config = Map.of(
                "transactional.id",
                transactionalId,
                "transaction.timeout.ms",
                Integer.toString(settings.transactionTimeoutMillis()),
                "acks",
                "all",
                "enable.idempotence",
                "true");
        return new KafkaProducer<>(pipeline.kafkaWith(config), new StringSerializer(), new ByteArraySerializer());
    }
}
