package io.millrace.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.record.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Predictions meet labels in both orders. */
class OutcomeJoinTest {
    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void shouldScoreWhenLabelComesAfterPrediction() {
        // Given
        bench.send("f");
        bench.predict("f", 1, "v1");
        bench.advance(Duration.ofSeconds(3));
        // When
        bench.assign("f", "dog");
        // Then
        assertThat(bench.outcomes.readRecord().value())
                .isEqualTo(new Outcome(
                        "f",
                        "camera",
                        "v1",
                        1,
                        1,
                        true,
                        0.9f,
                        0,
                        Bench.START,
                        Bench.START,
                        Bench.START.plusSeconds(3)));
        assertThat(bench.outcomes.isEmpty()).isTrue();
    }

    @Test
    void shouldScoreWhenPredictionComesAfterLabel() {
        // Given
        bench.send("f");
        bench.assign("f", "dog");
        // When
        bench.predict("f", 0, "v1");
        // Then
        assertThat(scores()).containsExactly("v1 0/1 false 0");
    }

    @Test
    void shouldScoreWhenPredictionComesBeforeFrame() {
        // Given
        bench.predict("f", 2, "v1");
        bench.assign("f", "owl");
        // When
        bench.send("f");
        // Then
        assertThat(scores()).containsExactly("v1 2/2 true 0");
    }

    @Test
    void shouldScoreEveryVersionAndEveryRevision() {
        // Given
        bench.send("f");
        bench.predict("f", 0, "v1");
        bench.predict("f", 1, "v2");
        // When
        bench.assign("f", "cat");
        bench.correct("f", "dog");
        bench.retract("f");
        bench.assign("f", "dog");
        // Then
        assertThat(scores())
                .containsExactly(
                        "v1 0/0 true 0",
                        "v2 1/0 false 0",
                        "v1 0/1 false 1",
                        "v2 1/1 true 1",
                        "v1 0/-1 false 2",
                        "v2 1/-1 false 2",
                        "v1 0/1 false 3",
                        "v2 1/1 true 3");
        assertThat(bench.count("millrace.outcomes", "correct")).isEqualTo(3);
        assertThat(bench.count("millrace.outcomes", "wrong")).isEqualTo(3);
        assertThat(bench.count("millrace.outcomes", "retracted")).isEqualTo(2);
    }

    @Test
    void shouldScoreNewestRevisionOnlyWhenPredictionIsLate() {
        // Given
        bench.send("f");
        bench.assign("f", "cat");
        bench.correct("f", "owl");
        // When
        bench.predict("f", 2, "v1");
        // Then
        assertThat(scores()).containsExactly("v1 2/2 true 1");
    }

    @Test
    void shouldWaitForNextLabelWhenPredictionMeetsRetractedOne() {
        // Given
        bench.send("f");
        bench.assign("f", "cat");
        bench.retract("f");
        bench.predict("f", 2, "v1");
        assertThat(bench.outcomes.isEmpty()).isTrue();
        // When
        bench.assign("f", "owl");
        // Then
        assertThat(scores()).containsExactly("v1 2/2 true 2");
    }

    @Test
    void shouldScoreOnceWhenVersionAnswersTwice() {
        // Given
        bench.send("f");
        bench.predict("f", 1, "v1");
        bench.predict("f", 1, "v1");
        // When
        bench.assign("f", "dog");
        // Then
        assertThat(scores()).containsExactly("v1 1/1 true 0");
    }

    @Test
    void shouldSayNothingWhenNoLabelComes() {
        // Given
        bench.send("f");
        // When
        bench.predict("f", 1, "v1");
        bench.advance(Bench.HORIZON.multipliedBy(2));
        // Then
        assertThat(bench.outcomes.isEmpty()).isTrue();
        assertThat(bench.predictionLetters.isEmpty()).isTrue();
        assertThat(bench.count("millrace.predictions", "accepted")).isEqualTo(1);
    }

    @Test
    void shouldRefusePredictionWhenItIsNotAvro() {
        // Given
        byte[] raw = Bench.bytes("no avro at all");
        // When
        bench.predictions.pipeInput(Bench.bytes("camera"), raw);
        // Then
        assertThat(bench.predictionLetters.readRecord().value()).isEqualTo(raw);
        assertThat(bench.countDeadLetters("millrace.predictions", "NOT_AVRO")).isEqualTo(1);
    }

    private List<String> scores() {
        return bench.outcomes.readValuesToList().stream()
                .map(one -> one.getModelVersion() + " " + one.getPredictedIndex() + "/" + one.getLabelIndex() + " "
                        + one.getCorrect() + " " + one.getRevision())
                .toList();
    }
}
