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
    private static final int PREDICTOR_TIMEOUT_MILLIS = 10_000;

    KafkaConsumer<byte[], byte[]> consumer(Map<String, String> own) {
        Map<String, String> config = new HashMap<>(own);
        config.put("enable.auto.commit", "false");
        config.put("isolation.level", "read_committed");
        config.put("fetch.max.wait.ms", "50");
        return new KafkaConsumer<>(
                pipeline.kafkaWith(config), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Writes what the trainer commits: a checkpoint may take long. */
    KafkaProducer<String, byte[]> trainerProducer(String transactionalId) {
        return producer(transactionalId, settings.transactionTimeoutMillis());
    }

    /**
     * Writes predictions. Nobody fences a predictor that was killed, so until its open transaction times out, nothing
     * behind it is visible and nobody can take over its partitions: the time-out is short, as that of Kafka Streams.
     */
    KafkaProducer<String, byte[]> predictorProducer(String transactionalId) {
        return producer(transactionalId, Math.min(settings.transactionTimeoutMillis(), PREDICTOR_TIMEOUT_MILLIS));
    }

    private KafkaProducer<String, byte[]> producer(String transactionalId, int timeoutMillis) {
        Map<String, String> config = Map.of(
                "transactional.id",
                transactionalId,
                "transaction.timeout.ms",
                Integer.toString(timeoutMillis),
                "acks",
                "all",
                "enable.idempotence",
                "true");
        return new KafkaProducer<>(pipeline.kafkaWith(config), new StringSerializer(), new ByteArraySerializer());
    }
}
