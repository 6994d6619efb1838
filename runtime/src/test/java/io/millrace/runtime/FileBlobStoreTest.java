package io.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBlobStoreTest {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
    private static final String HELLO_SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @TempDir
    private Path directory;

    private BlobStore store;

    @BeforeEach
    void open() throws IOException {
        store = BlobStore.at("file:" + directory.resolve("blobs"));
    }

    @Test
    void shouldGiveBackWhatWasPut() throws IOException {
        // When
        String sha256 = store.put(HELLO);
        store.put(HELLO);
        // Then
        assertThat(sha256).isEqualTo(HELLO_SHA256);
        assertThat(store.get(sha256))
                .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(HELLO));
        assertThat(files()).hasSize(1);
    }

    @Test
    void shouldSayNoneWhenThereIsNone() throws IOException {
        // Given
        store.put(HELLO);
        // When
        store.delete(HELLO_SHA256);
        store.delete(HELLO_SHA256);
        // Then
        assertThat(store.get(HELLO_SHA256)).isEmpty();
    }

    @Test
    void shouldRefuseWhenBytesAreNotWhatTheHashSays() throws IOException {
        // Given
        store.put(HELLO);
        Path file = files().get(0);
        for (String other : List.of("hellO", "hell", "", "hello ")) {
            Files.writeString(file, other);
            // When
            assertThatThrownBy(() -> store.get(HELLO_SHA256))
                    // Then
                    .isInstanceOf(CorruptBlobException.class)
                    .hasMessageContaining(HELLO_SHA256);
        }
    }

    @Test
    void shouldRefuseWhenHashIsNone() {
        for (String bad :
                List.of("", "../../etc/passwd", HELLO_SHA256.toUpperCase(java.util.Locale.ROOT), HELLO_SHA256 + "0")) {
            // When
            assertThatThrownBy(() -> store.get(bad))
                    // Then
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.delete(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private List<Path> files() throws IOException {
        try (var paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile).toList();
        }
    }
}
