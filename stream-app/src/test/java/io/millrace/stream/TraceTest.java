package io.millrace.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.record.LabelAction;
import io.millrace.schemas.SendTime;
import io.millrace.schemas.TraceContext;
import java.util.OptionalLong;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The trace context of a record goes on to whatever it becomes, and no other header does. */
class TraceTest {
    private static final TraceContext FRAME = trace('a');
    private static final TraceContext LABEL = trace('b');
    private static final TraceContext PREDICTION = trace('c');

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void shouldFollowAFrameToAcceptance() {
        // When
        frame("f", FRAME);
        // Then
        Headers headers = bench.accepted.readRecord().headers();
        assertThat(TraceContext.of(headers)).isEqualTo(FRAME);
        assertThat(SendTime.of(headers)).isEqualTo(OptionalLong.of(Bench.START.toEpochMilli()));
        assertThat(headers.lastHeader("other")).isNull();
    }

    @Test
    void shouldFollowAFrameToItsDeadLetter() {
        // Given
        frame("f", FRAME);
        // When
        frame("f", LABEL);
        bench.frames.pipeInput(new TestRecord<>(null, new byte[] {1}, headers(FRAME), bench.now()));
        // Then
        TestRecord<byte[], byte[]> duplicate = bench.frameLetters.readRecord();
        assertThat(Bench.reason(duplicate)).isEqualTo("DUPLICATE_FRAME");
        assertThat(TraceContext.of(duplicate.headers())).isEqualTo(LABEL);
        assertThat(TraceContext.of(bench.frameLetters.readRecord().headers())).isEqualTo(FRAME);
    }

    @Test
    void shouldFollowALabelWhenItComesAfterTheFrame() {
        // Given
        frame("f", FRAME);
        // When
        label("f", "dog", LABEL);
        // Then
        assertThat(TraceContext.of(bench.labeled.readRecord().headers())).isEqualTo(LABEL);
    }

    @Test
    void shouldFollowALabelWhenItWaitsForTheFrame() {
        // Given
        bench.assign("g", "cat");
        label("f", "dog", LABEL);
        label("f", "cat", PREDICTION);
        // When
        frame("f", FRAME);
        // Then
        assertThat(TraceContext.of(bench.labeled.readRecord().headers())).isEqualTo(LABEL);
        assertThat(TraceContext.of(bench.labelLetters.readRecord().headers())).isEqualTo(PREDICTION);
    }

    @Test
    void shouldFollowALabelWhoseFrameDoesNotCome() {
        // Given
        label("f", "dog", LABEL);
        // When
        bench.advance(Bench.LABEL_WAIT.multipliedBy(2));
        // Then
        TestRecord<byte[], byte[]> letter = bench.labelLetters.readRecord();
        assertThat(Bench.reason(letter)).isEqualTo("UNKNOWN_FRAME");
        assertThat(TraceContext.of(letter.headers())).isEqualTo(LABEL);
    }

    @Test
    void shouldGiveAnOutcomeTheTraceOfWhatCameLast() {
        // When
        frame("f", FRAME);
        label("f", "dog", LABEL);
        predict("f", PREDICTION);
        predict("g", PREDICTION);
        frame("g", FRAME);
        label("g", "dog", LABEL);
        // Then
        assertThat(TraceContext.of(bench.outcomes.readRecord().headers())).isEqualTo(PREDICTION);
        assertThat(TraceContext.of(bench.outcomes.readRecord().headers())).isEqualTo(LABEL);
    }

    private void frame(String id, TraceContext trace) {
        byte[] value = bench.topics.frames().values().serializer().serialize("", bench.frame(id, "camera", 7));
        send(bench.frames, "camera", value, trace);
    }

    private void label(String id, String name, TraceContext trace) {
        byte[] value =
                bench.topics.labels().values().serializer().serialize("", bench.label(id, LabelAction.ASSIGN, name));
        send(bench.labels, id, value, trace);
    }

    private void predict(String id, TraceContext trace) {
        byte[] value = bench.topics.predictions().values().serializer().serialize("", bench.prediction(id, 1, "v1"));
        send(bench.predictions, "camera", value, trace);
    }

    private void send(TestInputTopic<byte[], byte[]> topic, String key, byte[] value, TraceContext trace) {
        topic.pipeInput(new TestRecord<>(key.getBytes(UTF_8), value, headers(trace), bench.now()));
    }

    private static Headers headers(TraceContext trace) {
        return trace.headers().add("other", new byte[1_000]);
    }

    private static TraceContext trace(char digit) {
        return new TraceContext("00-" + String.valueOf(digit).repeat(32) + "-b7ad6b7169203331-01", "who=" + digit);
    }
}
