package io.millrace.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.record.Encoding;
import io.millrace.record.Frame;
import io.millrace.record.LabelAction;
import io.millrace.record.LabelEvent;
import io.millrace.runtime.blob.Sha256;
import io.millrace.schemas.LockedSchemaIds;
import io.millrace.schemas.Reason;
import io.millrace.schemas.SchemaIds;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What goes on from the raw topics, and what becomes a dead letter with which reason. */
class FrameIntakeTest {
    private static final byte[] CAMERA = Bench.bytes("camera");

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void shouldHandOnBytesUntouchedWhenFrameIsSound() {
        // Given
        bench.advance(Duration.ofSeconds(10));
        Frame frame = Frame.newBuilder(bench.frame("f", "camera", 200))
                .setCapturedAt(Bench.START)
                .build();
        // When
        byte[] raw = bench.send(frame);
        // Then
        TestRecord<byte[], byte[]> accepted = bench.accepted.readRecord();
        assertThat(accepted.key()).isEqualTo(CAMERA);
        assertThat(accepted.value()).isEqualTo(raw);
        assertThat(accepted.timestamp()).isEqualTo(Bench.START.toEpochMilli());
        assertThat(bench.frameLetters.isEmpty()).isTrue();
        assertThat(bench.count("millrace.frames", "accepted")).isEqualTo(1);
    }

    @Test
    void shouldCarryRawRecordAndReasonWhenFrameIsRefused() {
        // Given
        bench.send("sound");
        byte[] raw = Bench.bytes("this was never Avro");
        // When
        bench.frames.pipeInput(CAMERA, raw);
        // Then
        TestRecord<byte[], byte[]> letter = bench.frameLetters.readRecord();
        assertThat(letter.key()).isEqualTo(CAMERA);
        assertThat(letter.value()).isEqualTo(raw);
        assertThat(Bench.reason(letter)).isEqualTo("NOT_AVRO");
        assertThat(Bench.header(letter, "millrace.topic")).isEqualTo("millrace.frames");
        assertThat(Bench.header(letter, "millrace.partition")).isEqualTo("0");
        assertThat(Bench.header(letter, "millrace.offset")).isEqualTo("1");
        assertThat(Bench.header(letter, "millrace.detail")).contains("Confluent framing");
        assertThat(bench.countDeadLetters("millrace.frames", "NOT_AVRO")).isEqualTo(1);
    }

    @Test
    void shouldRefuseWhenKeyOrValueIsMissing() {
        // Given
        byte[] raw = bench.send("sound");
        // When
        bench.frames.pipeInput(null, raw);
        bench.frames.pipeInput(CAMERA, (byte[]) null);
        bench.frames.pipeInput(null, (byte[]) null);
        bench.frames.pipeInput(new byte[] {(byte) 0xC3, 0x28}, raw);
        // Then
        List<TestRecord<byte[], byte[]>> letters = bench.frameLetters.readRecordsToList();
        assertThat(letters.stream().map(Bench::reason))
                .containsExactly("NULL_KEY", "TOMBSTONE", "NULL_KEY", "KEY_MISMATCH");
        assertThat(letters.get(0).key()).isNull();
        assertThat(letters.get(0).value()).isEqualTo(raw);
        assertThat(letters.get(1).key()).isEqualTo(CAMERA);
        assertThat(letters.get(1).value()).isNull();
    }

    @Test
    void shouldRefuseWhenSchemaIdIsUnknownOrAnotherRecords() {
        // Given
        byte[] raw = bench.send("sound");
        byte[] label = bench.assign("x", "cat");
        // When
        bench.frames.pipeInput(
                CAMERA, ByteBuffer.wrap(raw.clone()).putInt(1, 4242).array());
        bench.frames.pipeInput(CAMERA, label);
        bench.frames.pipeInput(CAMERA, new byte[0]);
        bench.frames.pipeInput(CAMERA, java.util.Arrays.copyOf(raw, raw.length - 3));
        // Then
        assertThat(Bench.reasons(bench.frameLetters))
                .containsExactly("UNKNOWN_SCHEMA", "NOT_AVRO", "NOT_AVRO", "NOT_AVRO");
    }

    @Test
    void shouldNotBlameTheRecordWhenRegistryIsDown() {
        // Given
        SchemaIds down = new SchemaIds() {
            @Override
            public int idFor(String subject, Schema schema) {
                return LockedSchemaIds.load().idFor(subject, schema);
            }

            @Override
            public Schema schemaFor(int id) {
                throw new TimeoutException("registry is down");
            }
        };
        try (Bench broken = new Bench(down)) {
            // When
            assertThatThrownBy(() -> broken.send("f"))
                    // Then
                    .satisfies(failure ->
                            assertThat(StreamApp.isRetriable(failure)).isTrue());
            assertThat(broken.frameLetters.isEmpty()).isTrue();
        }
        assertThat(StreamApp.isRetriable(new IllegalStateException("ours"))).isFalse();
        assertThat(StreamApp.isRetriable(new IllegalStateException(new RetriableException("its") {})))
                .isTrue();
    }

    @Test
    void shouldRefuseLaterCopiesWhenFrameIdComesAgain() {
        // Given
        bench.send(bench.frame("f", "camera", 1));
        // When
        bench.send(bench.frame("f", "camera", 1));
        bench.advance(Bench.HORIZON);
        bench.send(bench.frame("f", "camera", 2));
        // Then
        assertThat(bench.accepted.readRecordsToList()).hasSize(1);
        assertThat(Bench.reasons(bench.frameLetters)).containsExactly("DUPLICATE_FRAME", "CONFLICTING_FRAME");
    }

    @Test
    void shouldReadBlobWhenFrameIsLarge() {
        // Given
        byte[] pixels = {1, 2, 3, 4};
        String sha256 = Sha256.of(pixels);
        Frame.Builder frame = Frame.newBuilder(bench.frame("f", "camera", 0))
                .setData(ByteBuffer.allocate(0))
                .setBlobSha256(sha256);
        bench.send(frame.build());
        bench.blobs.put(sha256, pixels);
        // When
        bench.send(frame.build());
        // Then
        assertThat(Bench.reasons(bench.frameLetters)).containsExactly("BLOB_MISSING");
        assertThat(bench.accepted.readRecordsToList()).hasSize(1);
    }

    @Test
    void shouldGoOnWhenOneTimestampLiesFarInTheFuture() {
        // Given
        byte[] far = bench.topics
                .frames()
                .values()
                .serializer()
                .serialize("millrace.frames", bench.frame("far", "camera", 1));
        bench.frames.pipeInput(CAMERA, far, Instant.ofEpochMilli(Long.MAX_VALUE));
        bench.frames.pipeInput(CAMERA, bench.send("bad-time"), Instant.ofEpochMilli(0));
        // When
        for (int i = 0; i < 100; i++) {
            bench.send("f" + i);
            bench.assign("f" + i, "cat");
            bench.send("f" + i);
        }
        // Then
        assertThat(bench.accepted.readRecordsToList()).hasSize(102);
        assertThat(bench.labeled.readRecordsToList()).hasSize(100);
        assertThat(Bench.reasons(bench.frameLetters)).hasSize(101).containsOnly("DUPLICATE_FRAME");
        assertThat(bench.labelLetters.isEmpty()).isTrue();
    }

    @Test
    void shouldCutDeadLetterWhenItWouldNotFitItsTopic() {
        // Given
        byte[] bomb = new byte[5 << 20];
        // When
        bench.frames.pipeInput(CAMERA, bomb);
        // Then
        TestRecord<byte[], byte[]> letter = bench.frameLetters.readRecord();
        assertThat(Bench.reason(letter)).isEqualTo("BAD_FIELD");
        assertThat(letter.value()).hasSizeLessThan(2 << 20);
        assertThat(Bench.header(letter, "millrace.detail")).contains("cut").contains("5242880");
    }

    @Test
    void shouldDropHeadersOfProducersWhenRecordGoesOn() {
        // Given
        RecordHeaders headers = new RecordHeaders();
        headers.add("millrace.reason", Bench.bytes("FORGED"));
        byte[] raw = bench.send("first");
        bench.accepted.readRecordsToList();
        // When
        bench.frames.pipeInput(new TestRecord<>(CAMERA, raw, headers, bench.now()));
        // Then
        TestRecord<byte[], byte[]> letter = bench.frameLetters.readRecord();
        assertThat(Bench.reason(letter)).isEqualTo("DUPLICATE_FRAME");
        assertThat(letter.headers().headers("millrace.reason")).hasSize(1);
    }

    @Test
    void shouldRefuseLabelWhenItIsBroken() {
        // Given
        bench.send("f");
        // When
        bench.assign("f", "unicorn");
        bench.assign("f", null);
        bench.send(bench.label("f", LabelAction.UNKNOWN, "cat"));
        bench.labels.pipeInput(Bench.bytes("g"), bench.assign("h", "cat"));
        bench.labels.pipeInput(null, Bench.bytes("x"));
        bench.labels.pipeInput(Bench.bytes("f"), (byte[]) null);
        bench.send(new LabelEvent("f", LabelAction.ASSIGN, "cat", "x".repeat(20_000), Bench.START));
        // Then
        assertThat(Bench.reasons(bench.labelLetters))
                .containsExactly(
                        "UNKNOWN_CLASS",
                        "UNKNOWN_ACTION",
                        "UNKNOWN_ACTION",
                        "KEY_MISMATCH",
                        "NULL_KEY",
                        "TOMBSTONE",
                        "BAD_FIELD");
        assertThat(bench.labeled.isEmpty()).isTrue();
    }

    @Test
    void shouldShowEverySeriesFromTheStart() {
        // When
        long letters = bench.meters.find("stream.dead.letters").counters().size();
        // Then
        assertThat(letters).isEqualTo(3L * Reason.values().length);
        assertThat(bench.count("millrace.labels", "corrected")).isZero();
        assertThat(bench.meters.get("stream.reappeared.frames").counter().count())
                .isZero();
    }

    @Test
    void shouldGoOnWhenEncodingIsNotKnownYet() {
        // Given
        Frame unknown = Frame.newBuilder(bench.frame("f", "camera", 0))
                .setEncoding(Encoding.UNKNOWN)
                .build();
        // When
        bench.send(unknown);
        bench.send("g");
        // Then
        assertThat(Bench.reasons(bench.frameLetters)).containsExactly("UNKNOWN_ENCODING");
        assertThat(bench.accepted.readRecordsToList()).hasSize(1);
    }
}
