package io.millrace.runtime.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBlobStoreTest extends BlobStoreContract {
    @TempDir
    private Path directory;

    @Override
    BlobStore store() throws IOException {
        return new FileBlobStore(directory.resolve("blobs"), MAX_BYTES);
    }

    @Override
    Map<String, byte[]> stored() throws IOException {
        Map<String, byte[]> stored = new TreeMap<>();
        Path root = directory.resolve("blobs");
        try (var paths = Files.walk(root)) {
            for (Path file : paths.filter(Files::isRegularFile).toList()) {
                stored.put(root.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return stored;
    }

    @Override
    void plant(byte[] bytes) throws IOException {
        Path place = directory.resolve("blobs").resolve("2c").resolve(HELLO_SHA256);
        Files.createDirectories(place.getParent());
        Files.write(place, bytes);
    }

    @Test
    void shouldOpenWhatTheSettingsName() throws IOException {
        // Given
        Settings settings = Settings.of(
                PipelineSettings.declareIn(new ConfigDef()),
                Set.of(),
                List.of(Map.of("pipeline.blob.store", "file:" + directory.resolve("blobs"))));
        // When
        BlobStore.at(PipelineSettings.from(settings).blobStore()).put(HELLO);
        // Then
        assertThat(stored()).containsOnlyKeys("2c/" + HELLO_SHA256);
    }
}
