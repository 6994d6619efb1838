package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.trainer.publish.ModelTopics;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingSessionTest {
    @TempDir
    private static Path directory;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void shouldLeaveNothingOpenWhenItCannotBeOpened() {
        // Given: no broker, so the catalog fails, which comes after consumer, producer and meters
        Settings given = ModelTopics.settings(Map.of(
                "pipeline.blob.store", "file:" + directory,
                "kafka.bootstrap.servers", "127.0.0.1:9",
                "kafka.client.id", "leak-test",
                "kafka.default.api.timeout.ms", "200",
                "kafka.request.timeout.ms", "200"));
        // When
        assertThatThrownBy(() -> new TrainingSession(
                        PipelineSettings.from(given),
                        TrainerSettings.from(given),
                        null, // not reached
                        meters,
                        InstantSource.system()))
                .isInstanceOf(TimeoutException.class);
        // Then
        assertThat(threads()).noneMatch(name -> name.contains("leak-test") || name.equals("kafka-meters"));
        assertThat(meters.getMeters())
                .noneMatch(meter -> meter.getId().getName().startsWith("kafka."));
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .toList();
    }
}
