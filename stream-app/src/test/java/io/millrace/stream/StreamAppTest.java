package io.millrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.runtime.Endpoint;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamAppTest {
    @Test
    void shouldShowItsMetersAndNotBeReadyWhenNotStarted(@TempDir Path directory) throws IOException {
        // Given
        Settings given = Bench.settings(Map.of(
                "stream.state.dir",
                directory.resolve("state").toString(),
                "pipeline.blob.store",
                "file:" + directory.resolve("blobs")));
        try (Endpoint endpoint = new Endpoint("127.0.0.1", 0);
                // When
                StreamApp app = new StreamApp(
                        PipelineSettings.from(given), StreamSettings.from(given), endpoint, failure -> {})) {
            // Then
            assertThat(app.isRunning()).isFalse();
            assertThat(endpoint.meters().scrape())
                    .contains("stream_dead_letters_total{reason=\"UNKNOWN_FRAME\",topic=\"millrace.labels\"} 0.0")
                    .contains("stream_records_total{result=\"accepted\",topic=\"millrace.frames\"} 0.0");
        }
    }
}
