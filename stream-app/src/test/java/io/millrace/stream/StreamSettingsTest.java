package io.millrace.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.runtime.BadSettingsException;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.stream.join.JoinConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamSettingsTest {
    @Test
    void shouldHaveSensibleDefaults() {
        // When
        StreamSettings settings = StreamSettings.from(given(Map.of("pipeline.topic.prefix", "cats.")));
        // Then
        assertThat(settings)
                .isEqualTo(new StreamSettings(
                        "cats.stream-app",
                        "classic",
                        "data/stream",
                        1,
                        Duration.ofMillis(100),
                        200,
                        4,
                        Duration.ofDays(3),
                        Duration.ofMinutes(5),
                        new JoinConfig(Duration.ofMinutes(10), Duration.ofDays(3))));
    }

    @Test
    void shouldReadEveryKey() {
        // When
        StreamSettings settings = StreamSettings.from(given(Map.ofEntries(
                Map.entry("stream.application.id", "app"),
                Map.entry("stream.group.protocol", "streams"),
                Map.entry("stream.state.dir", "state"),
                Map.entry("stream.threads", "3"),
                Map.entry("stream.commit.interval.ms", "50"),
                Map.entry("stream.buffered.records", "10"),
                Map.entry("stream.join.partitions", "7"),
                Map.entry("stream.max.age.ms", "1000"),
                Map.entry("stream.max.future.ms", "2000"),
                Map.entry("stream.label.wait.ms", "3000"),
                Map.entry("stream.label.horizon.ms", "60000"))));
        // Then
        assertThat(settings)
                .isEqualTo(new StreamSettings(
                        "app",
                        "streams",
                        "state",
                        3,
                        Duration.ofMillis(50),
                        10,
                        7,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        new JoinConfig(Duration.ofSeconds(3), Duration.ofMinutes(1))));
    }

    @Test
    void shouldNameEveryErrorWhenSettingsAreBad() {
        // Given
        Map<String, String> bad = Map.of(
                "stream.group.protocol", "raft",
                "stream.threads", "0",
                "stream.max.future.ms", "99999999999",
                "stream.lable.wait.ms", "1");
        // When
        assertThatThrownBy(() -> given(bad))
                // Then
                .isInstanceOfSatisfying(
                        BadSettingsException.class,
                        refused -> assertThat(refused.errors())
                                .hasSize(4)
                                .anyMatch(error -> error.contains("did you mean stream.label.wait.ms")));
    }

    @Test
    void shouldRunExactlyOnceWhateverIsGiven() {
        // Given
        Settings given = given(Map.of("kafka.bootstrap.servers", "broker:9092"));
        // When
        Properties config = StreamApp.config(PipelineSettings.from(given), StreamSettings.from(given));
        // Then
        assertThat(config)
                .containsEntry("processing.guarantee", "exactly_once_v2")
                .containsEntry("ensure.explicit.internal.resource.naming", true)
                .containsEntry("bootstrap.servers", "broker:9092")
                .containsEntry("application.id", "millrace.stream-app");
    }

    private static Settings given(Map<String, String> given) {
        return Settings.of(StreamSettings.declare(), Set.of(), List.of(given));
    }
}
