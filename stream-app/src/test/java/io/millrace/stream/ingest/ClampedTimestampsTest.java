package io.millrace.stream.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClampedTimestampsTest {
    @ParameterizedTest
    @CsvSource({
        "-1, 90000",
        "-9223372036854775808, 90000",
        "0, 90000",
        "89999, 90000",
        "90000, 90000",
        "100000, 100000",
        "105000, 105000",
        "105001, 105000",
        "9223372036854775807, 105000"
    })
    void shouldStayNearTheWallClockWhateverTheProducerSays(long stated, long expected) {
        // Given
        var extractor = new ClampedTimestamps(
                InstantSource.fixed(Instant.ofEpochMilli(100_000)), Duration.ofSeconds(10), Duration.ofSeconds(5));
        // When
        long timestamp = extractor.extract(record(stated), 0);
        // Then
        assertThat(timestamp).isEqualTo(expected);
    }

    private static ConsumerRecord<Object, Object> record(long timestamp) {
        return new ConsumerRecord<>(
                "t", 0, 0, timestamp, TimestampType.CREATE_TIME, 0, 0, "k", "v", new RecordHeaders(), Optional.empty());
    }
}
