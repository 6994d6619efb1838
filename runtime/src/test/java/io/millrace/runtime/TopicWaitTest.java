package io.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a port that takes connections and never answers; a real broker answers in the tests of the images. */
class TopicWaitTest {
    private ServerSocket silent;

    @BeforeEach
    void listen() throws IOException {
        silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        silent.close();
    }

    @Test
    void shouldEndBeforeTheBrokerAnswersWhenToldTo() {
        // Given
        AtomicInteger asked = new AtomicInteger();
        // When
        boolean there = TopicWait.until(kafka(), List.of("frames"), () -> asked.incrementAndGet() > 2);
        // Then
        assertThat(there).isFalse();
    }

    @Test
    void shouldSayWhichTopicsWhenPatienceEnds() {
        // Given
        Duration patience = Duration.ofMillis(300);
        // When
        assertThatThrownBy(() -> TopicWait.until(kafka(), List.of("frames", "labels"), () -> false, patience))
                // Then
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining("[frames, labels]");
    }

    private Map<String, String> kafka() {
        return Map.of("bootstrap.servers", "127.0.0.1:" + silent.getLocalPort());
    }
}
