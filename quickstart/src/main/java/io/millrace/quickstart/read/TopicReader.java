package io.millrace.quickstart.read;

import io.millrace.runtime.PipelineSettings;
import io.millrace.schemas.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads all partitions of some topics from their beginning, as bytes, committed records only. One thread. */
public final class TopicReader implements AutoCloseable {
    private static final Map<String, Object> OWN = Map.of(
            "enable.auto.commit",
            false,
            "auto.offset.reset",
            "earliest",
            "isolation.level",
            "read_committed",
            "max.poll.records",
            2_000);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;

    /** @throws UnknownTopicOrPartitionException naming the topic that is not there */
    public TopicReader(PipelineSettings pipeline, Collection<String> topics) {
        consumer =
                new KafkaConsumer<>(pipeline.kafkaWith(OWN), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            partitions = partitionsOf(consumer, topics);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /** Every partition of some topics. */
    public static List<TopicPartition> partitionsOf(KafkaConsumer<?, ?> consumer, Collection<String> topics) {
        List<TopicPartition> found = new ArrayList<>();
        for (String topic : topics) {
            List<PartitionInfo> known = consumer.partitionsFor(topic);
            if (known == null || known.isEmpty()) {
                throw new UnknownTopicOrPartitionException(
                        "topic " + topic + " is not there: run `millrace topics` first");
            }
            known.forEach(partition -> found.add(new TopicPartition(topic, partition.partition())));
        }
        return found;
    }

    /** The next records, or none when none come in time. */
    public ConsumerRecords<byte[], byte[]> poll(Duration atMost) {
        return consumer.poll(atMost);
    }

    /** Reads the last records of each partition again, up to so many. */
    public void seekToLast(int records) {
        Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
        consumer.endOffsets(partitions)
                .forEach((partition, end) ->
                        consumer.seek(partition, Math.max(first.getOrDefault(partition, 0L), end - records)));
    }

    /** Number of offsets that were written and not deleted. */
    public long size() {
        Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
        return consumer.endOffsets(partitions).entrySet().stream()
                .mapToLong(end -> end.getValue() - first.getOrDefault(end.getKey(), 0L))
                .sum();
    }

    /** True when everything that was committed at the moment of the call has been read. */
    public boolean isAtEnd() {
        return consumer.endOffsets(partitions).entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    /** Decodes a record; empty when it is not readable as its topic says. */
    public static <V extends SpecificRecord> Optional<V> decode(Topic<V> topic, ConsumerRecord<byte[], byte[]> record) {
        try {
            return Optional.ofNullable(topic.values().deserializer().deserialize(record.topic(), record.value()));
        } catch (SerializationException e) {
            return Optional.empty(); // the stream-app counts it and puts it aside; an onlooker passes on
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
