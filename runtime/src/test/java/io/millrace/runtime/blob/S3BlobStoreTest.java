package io.millrace.runtime.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.millrace.runtime.blob.StubS3.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

class S3BlobStoreTest extends BlobStoreContract {
    private static final String PREFIX = "pipelines/one/";
    private static final String PATH = "/" + StubS3.BUCKET + "/" + PREFIX + "2c/" + HELLO_SHA256;
    private static final Fault BUSY = StubS3.error(503, "ServiceUnavailable");

    private StubS3 stub;

    @BeforeEach
    void open() throws IOException {
        stub = new StubS3();
    }

    @AfterEach
    void close() {
        stub.close();
    }

    @Override
    BlobStore store() throws IOException {
        return store("s3://" + StubS3.BUCKET + "/" + PREFIX, Duration.ofSeconds(15));
    }

    private BlobStore store(String address, Duration callTimeout) throws IOException {
        BlobSettings.S3 s3 = new BlobSettings.S3(
                stub.address(), "", true, Duration.ofMillis(2_000), Duration.ofMillis(300), callTimeout, 3);
        return new S3BlobStore(
                new BlobSettings(address, MAX_BYTES, s3),
                StaticCredentialsProvider.create(AwsBasicCredentials.create("someone", "secret")));
    }

    @Override
    Map<String, byte[]> stored() {
        Map<String, byte[]> stored = new TreeMap<>();
        stub.objects.forEach((key, bytes) -> {
            assertThat(key).startsWith(PREFIX);
            stored.put(key.substring(PREFIX.length()), bytes);
        });
        return stored;
    }

    @Override
    void plant(byte[] bytes) {
        stub.objects.put(PREFIX + "2c/" + HELLO_SHA256, bytes);
    }

    @Test
    void shouldSendConditionAndChecksumWhenPutting() throws IOException {
        // Given
        stub.faults.add(exchange -> {
            assertThat(exchange.getRequestHeaders().getFirst("If-None-Match")).isEqualTo("*");
            assertThat(exchange.getRequestHeaders().getFirst("x-amz-checksum-sha256"))
                    .isEqualTo("LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=");
            assertThat(exchange.getRequestHeaders().getFirst("Content-Length")).isEqualTo("5");
            return false;
        });
        // When
        store().put(HELLO);
        // Then
        assertThat(stub.requests).containsExactly("PUT " + PATH);
    }

    @Test
    void shouldTryAgainWhenServerIsBusy() throws IOException {
        // Given
        stub.faults.add(BUSY);
        stub.faults.add(BUSY);
        // When
        store().put(HELLO);
        stub.faults.add(BUSY);
        // Then
        assertThat(store().get(HELLO_SHA256)).isPresent();
        assertThat(stub.requests)
                .containsExactly("PUT " + PATH, "PUT " + PATH, "PUT " + PATH, "GET " + PATH, "GET " + PATH);
    }

    @Test
    void shouldGiveUpWhenServerStaysBusy() throws IOException {
        // Given
        plant(HELLO);
        for (int i = 0; i < 20; i++) {
            stub.faults.add(BUSY);
        }
        // When
        assertThatThrownBy(() -> store().get(HELLO_SHA256))
                // Then
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(CorruptBlobException.class)
                .hasMessageContaining("503");
        assertThatThrownBy(() -> store().put(HELLO)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> store().delete(HELLO_SHA256)).isInstanceOf(IOException.class);
        assertThat(stub.requests).as("three attempts a call").hasSize(9);
    }

    @Test
    void shouldTryAgainWhenServerIsSilent() throws IOException {
        // Given
        plant(HELLO);
        stub.faults.add(StubS3.silence(600));
        // When
        assertThat(store().get(HELLO_SHA256)).isPresent();
        // Then
        assertThat(stub.requests).hasSize(2);
    }

    @Test
    void shouldGiveUpInTimeWhenBytesTrickle() throws IOException {
        // Given
        plant(new byte[50_000]);
        Fault trickle = exchange -> {
            exchange.sendResponseHeaders(200, 50_000);
            for (int i = 0; i < 200; i++) {
                exchange.getResponseBody().write(1);
                exchange.getResponseBody().flush();
                StubS3.pause(50);
            }
            return true;
        };
        for (int i = 0; i < 3; i++) {
            stub.faults.add(trickle);
        }
        BlobStore store = store("s3://" + StubS3.BUCKET + "/" + PREFIX, Duration.ofMillis(1_500));
        long began = System.nanoTime();
        // When
        assertThatThrownBy(() -> store.get(HELLO_SHA256)).isInstanceOf(IOException.class);
        // Then: well before the 10 s that the whole body would take
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(6));
    }

    @Test
    void shouldTryAgainWhenBodyBreaksOff() throws IOException {
        // Given
        plant(HELLO);
        stub.faults.add(exchange -> {
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write(HELLO, 0, 3);
            exchange.getResponseBody().flush();
            exchange.close();
            return true;
        });
        // When
        assertThat(store().get(HELLO_SHA256))
                .hasValueSatisfying(bytes -> assertThat(bytes).isEqualTo(HELLO));
        // Then
        assertThat(stub.requests).hasSize(2);
    }

    @Test
    void shouldReadWhatIsThereWhenSomeoneElseWasFirst() throws IOException {
        // Given: the answer to the first attempt got lost, and the second finds what the first one wrote
        stub.faults.add(exchange -> {
            plant(exchange.getRequestBody().readAllBytes());
            StubS3.refuse(exchange, 500, "InternalError");
            return true;
        });
        // When
        assertThat(store().put(HELLO)).isEqualTo(HELLO_SHA256);
        // Then
        assertThat(stub.requests).containsExactly("PUT " + PATH, "PUT " + PATH, "GET " + PATH);
    }

    @Test
    void shouldWriteWhenTheOtherWriterConflictsAndLeavesNothing() throws IOException {
        // Given
        stub.faults.add(StubS3.error(409, "ConditionalRequestConflict"));
        // When
        store().put(HELLO);
        // Then
        assertThat(stored()).containsOnlyKeys("2c/" + HELLO_SHA256);
        assertThat(stub.requests).containsExactly("PUT " + PATH, "GET " + PATH, "PUT " + PATH);
    }

    @Test
    void shouldSpeakOfDamageOnlyWhenThereIsDamage() throws IOException {
        Logger logger = (Logger) LoggerFactory.getLogger(S3BlobStore.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.WARN);
        try {
            stub.faults.add(StubS3.error(409, "ConditionalRequestConflict"));
            store().put(HELLO);
            assertThat(log.list).isEmpty();

            plant(new byte[] {1});
            store().put(HELLO);
            assertThat(log.list).hasSize(1);
        } finally {
            logger.detachAppender(log);
            logger.setLevel(null);
        }
    }

    @Test
    void shouldFailWhenServerStoredOtherBytesThanItWasSent() throws IOException {
        // Given
        stub.faults.add(exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("x-amz-checksum-sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
            return true;
        });
        // When
        assertThatThrownBy(() -> store().put(HELLO))
                // Then
                .isInstanceOf(IOException.class)
                .hasMessageContaining("checksum");
    }

    @Test
    void shouldNotFollowWhenServerPointsElsewhere() throws IOException {
        try (StubS3 elsewhere = new StubS3()) {
            elsewhere.objects.put(PREFIX + "2c/" + HELLO_SHA256, HELLO);
            for (int status : new int[] {301, 302, 307, 308}) {
                stub.faults.add(exchange -> {
                    exchange.getResponseHeaders().set("Location", elsewhere.address() + PATH);
                    exchange.sendResponseHeaders(status, -1);
                    exchange.close();
                    return true;
                });
                // When
                assertThatThrownBy(() -> store().get(HELLO_SHA256)).isInstanceOf(IOException.class);
            }
            // Then
            assertThat(elsewhere.requests).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"403,AccessDenied", "404,NoSuchBucket", "400,BadDigest", "501,NotImplemented"})
    void shouldNotTakeItForAbsentWhenServerRefuses(int status, String code) throws IOException {
        // Given
        plant(HELLO);
        for (int i = 0; i < 3; i++) {
            stub.faults.add(StubS3.error(status, code));
        }
        // When
        assertThatThrownBy(() -> store().get(HELLO_SHA256))
                // Then
                .isInstanceOf(IOException.class)
                .hasMessageContaining(PREFIX + "2c/" + HELLO_SHA256);
    }

    @Test
    void shouldFailWhenNobodyListens() throws IOException {
        // Given
        BlobStore store = store();
        stub.close();
        // When
        assertThatThrownBy(() -> store.put(HELLO)).isInstanceOf(IOException.class);
    }

    @Test
    void shouldPutKeysAtTheTopWhenThereIsNoPrefix() throws IOException {
        // When
        store("s3://" + StubS3.BUCKET, Duration.ofSeconds(15)).put(HELLO);
        // Then
        assertThat(stub.objects).containsOnlyKeys("2c/" + HELLO_SHA256);
    }
}
