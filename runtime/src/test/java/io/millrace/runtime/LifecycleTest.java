package io.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private final List<String> closed = new ArrayList<>();
    private final Lifecycle lifecycle = new Lifecycle();

    @Test
    void shouldClosePartsInReverseOrderOnce() {
        // Given
        part("broker");
        part("stream");
        part("feed");
        // When
        lifecycle.close();
        lifecycle.close();
        // Then
        assertThat(closed).containsExactly("feed", "stream", "broker");
        assertThat(lifecycle.failure()).isNull();
    }

    @Test
    void shouldCloseTheRestWhenOnePartFailsToClose() {
        // Given
        part("broker");
        IllegalStateException stuck = new IllegalStateException("stuck");
        lifecycle.add(() -> {
            throw stuck;
        });
        part("feed");
        // When
        lifecycle.close();
        // Then
        assertThat(closed).containsExactly("feed", "broker");
        assertThat(lifecycle.failure()).isSameAs(stuck);
    }

    @Test
    void shouldEndAndKeepTheFirstFailure() throws InterruptedException {
        // Given
        IllegalStateException first = new IllegalStateException("first");
        assertThat(lifecycle.isStopping()).isFalse();
        // When
        lifecycle.fail("stream", first);
        lifecycle.fail("trainer", new IllegalStateException("second"));
        // Then
        lifecycle.awaitStop();
        assertThat(lifecycle.isStopping()).isTrue();
        assertThat(lifecycle.failure()).isSameAs(first);
    }

    private void part(String name) {
        lifecycle.add(() -> closed.add(name));
    }
}
