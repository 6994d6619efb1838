package io.millrace.runtime.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MeteredBlobStoreTest {
    private static final String HASH = "ab".repeat(32);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void shouldCountOperationsByWhatCameOfThem() throws Exception {
        Faulty store = new Faulty();
        BlobStore metered = new MeteredBlobStore(store, meters);

        assertThat(metered.put(new byte[7])).isEqualTo(HASH);
        assertThat(metered.get(HASH))
                .hasValueSatisfying(bytes -> assertThat(bytes).hasSize(5));
        metered.delete(HASH);
        store.there = false;
        assertThat(metered.get(HASH)).isEmpty();
        store.failure = new CorruptBlobException("other bytes");
        assertThatThrownBy(() -> metered.get(HASH)).isSameAs(store.failure);
        store.failure = new IOException("no space left");
        assertThatThrownBy(() -> metered.put(new byte[7])).isSameAs(store.failure);

        assertThat(count("put", "ok")).isEqualTo(1);
        assertThat(count("get", "ok")).isEqualTo(1);
        assertThat(count("delete", "ok")).isEqualTo(1);
        assertThat(count("get", "missing")).isEqualTo(1);
        assertThat(count("get", "corrupt")).isEqualTo(1);
        assertThat(count("put", "failed")).isEqualTo(1);
        assertThat(count("delete", "failed")).isZero();
        assertThat(bytes("put")).isEqualTo(7);
        assertThat(bytes("get")).isEqualTo(5);
    }

    private long count(String operation, String result) {
        return meters.get("blob.store.operation")
                .tags("operation", operation, "result", result)
                .timer()
                .count();
    }

    private double bytes(String operation) {
        return meters.get("blob.store.bytes")
                .tag("operation", operation)
                .counter()
                .count();
    }

    /** Does what it is told. */
    private static final class Faulty implements BlobStore {
        private boolean there = true;
        private IOException failure;

        @Override
        public String put(byte[] bytes) throws IOException {
            fail();
            return HASH;
        }

        @Override
        public Optional<byte[]> get(String sha256) throws IOException {
            fail();
            return there ? Optional.of(new byte[5]) : Optional.empty();
        }

        @Override
        public void delete(String sha256) throws IOException {
            fail();
        }

        private void fail() throws IOException {
            if (failure != null) {
                throw failure;
            }
        }
    }
}
