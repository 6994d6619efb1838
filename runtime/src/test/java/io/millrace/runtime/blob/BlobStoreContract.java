package io.millrace.runtime.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every blob store does, wherever it keeps its bytes. */
abstract class BlobStoreContract {
    static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);
    static final String HELLO_SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    static final int MAX_BYTES = 100_000;

    /** A store that takes up to {@link #MAX_BYTES} a blob. */
    abstract BlobStore store() throws IOException;

    /** What lies there, by its path in the store. */
    abstract Map<String, byte[]> stored() throws IOException;

    /** Puts bytes where those of {@link #HELLO_SHA256} belong, past the store. */
    abstract void plant(byte[] bytes) throws IOException;

    @Test
    void shouldGiveBackWhatWasPut() throws IOException {
        // When
        String sha256 = store().put(HELLO);
        // Then
        assertThat(sha256).isEqualTo(HELLO_SHA256);
        assertThat(store().get(sha256))
                .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(HELLO));
        assertThat(stored()).containsOnlyKeys("2c/" + HELLO_SHA256);
    }

    @Test
    void shouldKeepOneWhenPutTwice() throws IOException {
        // When
        store().put(HELLO);
        store().put(HELLO);
        // Then
        assertThat(stored()).containsOnlyKeys("2c/" + HELLO_SHA256);
    }

    @Test
    void shouldGiveBackEveryByteWhenItIsManyOrNone() throws IOException {
        byte[] many = new byte[MAX_BYTES];
        for (int i = 0; i < many.length; i++) {
            many[i] = (byte) (i * 31);
        }
        for (byte[] bytes : List.of(many, new byte[0], new byte[] {0})) {
            // When
            String sha256 = store().put(bytes);
            // Then
            assertThat(store().get(sha256))
                    .hasValueSatisfying(back -> assertThat(back).isEqualTo(bytes));
        }
    }

    @Test
    void shouldSayNoneWhenThereIsNone() throws IOException {
        // Given
        store().put(HELLO);
        // When
        store().delete(HELLO_SHA256);
        store().delete(HELLO_SHA256);
        // Then
        assertThat(store().get(HELLO_SHA256)).isEmpty();
        assertThat(stored()).isEmpty();
    }

    @Test
    void shouldRefuseWhenBytesAreNotWhatTheHashSays() throws IOException {
        for (String other : List.of("hellO", "hell", "", "hello ")) {
            plant(other.getBytes(StandardCharsets.UTF_8));
            // When
            assertThatThrownBy(() -> store().get(HELLO_SHA256))
                    // Then
                    .isInstanceOf(CorruptBlobException.class)
                    .hasMessageContaining(HELLO_SHA256);
        }
    }

    @Test
    void shouldReplaceDamagedBytesWhenTheRightOnesArePut() throws IOException {
        // Given
        plant("hellO".getBytes(StandardCharsets.UTF_8));
        // When
        store().put(HELLO);
        // Then
        assertThat(store().get(HELLO_SHA256))
                .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(HELLO));
    }

    @Test
    void shouldRefuseWhenThereIsMoreThanABlobMayHave() throws IOException {
        // Given
        byte[] large = new byte[MAX_BYTES + 1];
        plant(large);
        // When
        assertThatThrownBy(() -> store().get(HELLO_SHA256))
                // Then
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(CorruptBlobException.class)
                .hasStackTraceContaining("at most " + MAX_BYTES + " bytes, got " + large.length);
        assertThatThrownBy(() -> store().put(large)).isInstanceOf(IOException.class);
    }

    @Test
    void shouldRefuseWhenHashIsNone() throws IOException {
        // Given
        BlobStore store = store();
        for (String bad : List.of(
                "",
                "../../etc/passwd",
                "..%2f..%2fetc",
                HELLO_SHA256.toUpperCase(Locale.ROOT),
                HELLO_SHA256 + "0",
                HELLO_SHA256 + "\n",
                "/" + HELLO_SHA256.substring(1))) {
            // When
            assertThatThrownBy(() -> store.get(bad))
                    // Then
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.delete(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldKeepOneWhenManyWriteTheSameAtOnce() throws Exception {
        // Given
        byte[] bytes = new byte[MAX_BYTES];
        Arrays.fill(bytes, (byte) 7);
        BlobStore store = store();
        ExecutorService writers = Executors.newFixedThreadPool(4);
        CountDownLatch together = new CountDownLatch(4);
        try {
            // When
            List<Future<String>> written = writers.invokeAll(Collections.nCopies(4, () -> {
                together.countDown();
                together.await();
                return store.put(bytes);
            }));
            // Then
            for (Future<String> one : written) {
                assertThat(one.get()).isEqualTo(Sha256.of(bytes));
            }
            assertThat(stored()).hasSize(1);
            assertThat(store.get(Sha256.of(bytes))).isPresent();
        } finally {
            writers.shutdownNow();
        }
    }
}
