package io.millrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.record.FrameReference;
import io.millrace.record.LabelAction;
import io.millrace.record.LabelEvent;
import io.millrace.record.LabeledFrame;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Every order in which labels and frames can meet, or miss each other. */
class LabelJoinTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void shouldJoinWhenLabelComesAfterFrame() {
        // Given
        bench.send("other");
        bench.send("f");
        // When
        bench.assign("f", "dog");
        // Then
        TestRecord<String, LabeledFrame> joined = bench.labeled.readRecord();
        assertThat(joined.key()).isEqualTo("f");
        assertThat(joined.value())
                .isEqualTo(new LabeledFrame(
                        "f",
                        "camera",
                        LabelAction.ASSIGN,
                        1,
                        "dog",
                        0,
                        "annotator",
                        Bench.START,
                        Bench.START,
                        new FrameReference("millrace.frames", 0, 1L)));
        assertThat(bench.labeled.isEmpty()).isTrue();
        assertThat(bench.labelLetters.isEmpty()).isTrue();
    }

    @Test
    void shouldJoinWhenLabelComesBeforeFrame() {
        // Given
        bench.assign("f", "owl");
        bench.advance(Bench.LABEL_WAIT.minusSeconds(2));
        assertThat(bench.labeled.isEmpty()).isTrue();
        // When
        bench.send("f");
        // Then
        assertThat(steps()).containsExactly("ASSIGN owl 0");
        bench.advance(Bench.LABEL_WAIT.multipliedBy(2));
        assertThat(bench.labelLetters.isEmpty()).isTrue();
    }

    @Test
    void shouldRefuseRawLabelWhenFrameNeverComes() {
        // Given
        bench.assign("known", "cat");
        byte[] raw = bench.assign("never", "cat");
        bench.send("known");
        // When
        bench.advance(Bench.LABEL_WAIT.plusSeconds(1));
        // Then
        TestRecord<byte[], byte[]> letter = bench.labelLetters.readRecord();
        assertThat(letter.key()).isEqualTo(Bench.bytes("never"));
        assertThat(letter.value()).isEqualTo(raw);
        assertThat(Bench.reason(letter)).isEqualTo("UNKNOWN_FRAME");
        assertThat(Bench.header(letter, "millrace.topic")).isEqualTo("millrace.labels");
        assertThat(Bench.header(letter, "millrace.partition")).isEqualTo("0");
        assertThat(Bench.header(letter, "millrace.offset")).isEqualTo("1");
        assertThat(bench.labelLetters.isEmpty()).isTrue();
        assertThat(steps()).containsExactly("ASSIGN cat 0");
    }

    @Test
    void shouldRefuseEachLabelAtItsOwnDeadlineWhenFrameNeverComes() {
        // Given
        bench.advance(Bench.LABEL_WAIT);
        bench.assign("never", "cat");
        bench.advance(Duration.ofSeconds(6));
        bench.correct("never", "dog");
        // When
        bench.advance(Duration.ofSeconds(5));
        // Then
        assertThat(Bench.reasons(bench.labelLetters)).containsExactly("UNKNOWN_FRAME");
        bench.advance(Duration.ofSeconds(6));
        assertThat(Bench.reasons(bench.labelLetters)).containsExactly("UNKNOWN_FRAME");
    }

    @Test
    void shouldRefuseLabelWhenTooManyWaitForOneFrame() {
        // Given
        for (int i = 0; i < 64; i++) {
            bench.assign("never", "cat");
        }
        assertThat(bench.labelLetters.isEmpty()).isTrue();
        // When
        bench.assign("never", "cat");
        // Then
        assertThat(Bench.reasons(bench.labelLetters)).containsExactly("UNKNOWN_FRAME");
        bench.advance(Bench.LABEL_WAIT.plusSeconds(1));
        assertThat(Bench.reasons(bench.labelLetters)).hasSize(64).containsOnly("UNKNOWN_FRAME");
    }

    @Test
    void shouldApplyLabelsInOrderWhenTheyAllWaitForFrame() {
        // Given
        bench.assign("f", "cat");
        bench.correct("f", "dog");
        bench.retract("f");
        bench.retract("f");
        bench.assign("f", "owl");
        bench.assign("f", "owl");
        // When
        bench.send("f");
        // Then
        assertThat(steps()).containsExactly("ASSIGN cat 0", "CORRECT dog 1", "RETRACT dog 2", "ASSIGN owl 3");
        assertThat(Bench.reasons(bench.labelLetters)).containsExactly("NOTHING_TO_RETRACT", "DUPLICATE_LABEL");
    }

    @Test
    void shouldRefuseWhenSameLabelComesAgain() {
        // Given
        bench.send("f");
        bench.assign("f", "cat");
        // When
        byte[] again = bench.assign("f", "cat");
        // Then
        assertThat(steps()).containsExactly("ASSIGN cat 0");
        TestRecord<byte[], byte[]> letter = bench.labelLetters.readRecord();
        assertThat(letter.value()).isEqualTo(again);
        assertThat(Bench.reason(letter)).isEqualTo("DUPLICATE_LABEL");
    }

    @Test
    void shouldRefuseWhenCorrectionChangesNothing() {
        // Given
        bench.send("f");
        bench.assign("f", "cat");
        // When
        bench.correct("f", "cat");
        // Then
        assertThat(Bench.reasons(bench.labelLetters)).containsExactly("DUPLICATE_LABEL");
    }

    @Test
    void shouldRefuseWhenAnotherLabelIsAssigned() {
        // Given
        bench.send("f");
        bench.assign("f", "cat");
        // When
        bench.assign("f", "dog");
        // Then
        assertThat(steps()).containsExactly("ASSIGN cat 0");
        assertThat(Bench.reasons(bench.labelLetters)).containsExactly("CONFLICTING_LABEL");
    }

    @Test
    void shouldCountRevisionsWhenLabelIsCorrectedAndRetracted() {
        // Given
        bench.send("f");
        bench.assign("f", "cat");
        // When
        bench.correct("f", "dog");
        bench.retract("f");
        bench.assign("f", "cat");
        bench.correct("f", "owl");
        // Then
        assertThat(steps())
                .containsExactly("ASSIGN cat 0", "CORRECT dog 1", "RETRACT dog 2", "ASSIGN cat 3", "CORRECT owl 4");
        assertThat(bench.count("millrace.labels", "joined")).isEqualTo(2);
        assertThat(bench.count("millrace.labels", "corrected")).isEqualTo(2);
        assertThat(bench.count("millrace.labels", "retracted")).isEqualTo(1);
    }

    @Test
    void shouldTakeCorrectionAsFirstLabelWhenThereIsNone() {
        // Given
        bench.send("f");
        // When
        bench.correct("f", "owl");
        // Then
        assertThat(steps()).containsExactly("ASSIGN owl 0");
    }

    @Test
    void shouldRefuseWhenThereIsNothingToRetract() {
        // Given
        bench.send("f");
        // When
        bench.retract("f");
        // Then
        assertThat(Bench.reasons(bench.labelLetters)).containsExactly("NOTHING_TO_RETRACT");
    }

    @Test
    void shouldJoinUpToTheHorizonAndRefuseAfterIt() {
        // Given
        bench.send("f");
        bench.send("g");
        bench.advance(Bench.HORIZON);
        bench.assign("f", "cat");
        // When
        bench.advance(Duration.ofSeconds(5));
        bench.assign("g", "cat");
        // Then
        assertThat(steps()).containsExactly("ASSIGN cat 0");
        assertThat(Bench.reasons(bench.labelLetters)).containsExactly("FRAME_EXPIRED");
    }

    @Test
    void shouldNotForgetLabelWhenManyFramesFollow() {
        // Given
        bench.send("f");
        bench.assign("f", "cat");
        for (int i = 0; i < 50; i++) {
            bench.advance(Duration.ofSeconds(5));
            bench.send("g" + i);
            bench.assign("g" + i, "dog");
        }
        bench.labeled.readRecordsToList();
        // When
        bench.correct("f", "owl");
        // Then
        assertThat(steps()).containsExactly("CORRECT owl 1");
    }

    @Test
    void shouldKeepLabelTimesWhenJoined() {
        // Given
        bench.send("f");
        bench.advance(Duration.ofSeconds(30));
        // When
        bench.send(new LabelEvent("f", LabelAction.ASSIGN, "cat", "ann", Bench.START.plusSeconds(20)));
        // Then
        LabeledFrame joined = bench.labeled.readValue();
        assertThat(joined.getCapturedAt()).isEqualTo(Bench.START);
        assertThat(joined.getLabeledAt()).isEqualTo(Bench.START.plusSeconds(20));
        assertThat(joined.getAnnotator()).isEqualTo("ann");
    }

    private List<String> steps() {
        return bench.labeled.readValuesToList().stream()
                .map(one -> one.getAction() + " " + one.getLabel() + " " + one.getRevision())
                .toList();
    }
}
