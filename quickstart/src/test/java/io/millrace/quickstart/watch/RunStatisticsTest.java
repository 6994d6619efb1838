package io.millrace.quickstart.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.watch.Accuracy.Share;
import io.millrace.record.Outcome;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RunStatisticsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @Test
    void shouldCountTheLatestRevisionOnceWhenLabelsAreCorrectedAndRetracted() {
        OutcomeBook book = new OutcomeBook();

        book.add(outcome("a", 1, 1, 0));
        book.add(outcome("b", 1, 2, 0));
        book.add(outcome("b", 1, 1, 1)); // corrected: was right after all
        book.add(outcome("b", 1, 2, 0)); // an old revision read again
        book.add(outcome("c", 1, 1, 0));
        book.add(outcome("c", 1, -1, 1)); // taken back

        assertThat(book.accuracy().all()).isEqualTo(new Share(2, 2));
        assertThat(book.accuracy().last100()).isEqualTo(new Share(2, 2));
        assertThat(book.accuracy().perClass()).containsEntry(2, new Share(0, 0)).containsEntry(1, new Share(2, 2));
    }

    @Test
    void shouldForgetWhatLiesOutsideOfTheWindowWhenTheStreamGoesOn() {
        OutcomeBook book = new OutcomeBook();

        for (int i = 0; i < 60_000; i++) {
            book.add(outcome("f" + i, 1, i < 59_900 ? 2 : 1, 0));
        }

        assertThat(book.accuracy().all()).isEqualTo(new Share(100, 60_000));
        assertThat(book.accuracy().last100()).isEqualTo(new Share(100, 100));
        assertThat(book.accuracy().last1000()).isEqualTo(new Share(100, 1_000));
    }

    @Test
    void shouldKeepTheShapeOfACurveWhenItThinsOut() {
        Series series = new Series();

        for (int i = 0; i < 100_000; i++) {
            series.add(i, i);
        }

        assertThat(series.points()).hasSizeBetween(1_000, 2_000);
        assertThat(series.points()).isSortedAccordingTo((a, b) -> Long.compare(a.frames(), b.frames()));
        assertThat(series.points().get(0).frames()).isZero();
        assertThat(series.points().get(series.points().size() - 1).frames()).isGreaterThan(99_000);
    }

    @Test
    void shouldGiveQuantilesWithinFivePercentWhenLatenciesAreCounted() {
        LatencyHistogram histogram = new LatencyHistogram();

        for (int i = 1; i <= 10_000; i++) {
            histogram.add(i);
        }

        assertThat(histogram.quantile(0.5)).isBetween(4_750.0, 5_250.0);
        assertThat(histogram.quantile(0.99)).isBetween(9_400.0, 10_400.0);
        assertThat(new LatencyHistogram().quantile(0.5)).isNull();
    }

    private static Outcome outcome(String frameId, int predicted, int label, int revision) {
        return new Outcome(
                frameId, "camera-1", "v1", predicted, label, predicted == label, 0.9f, revision, NOW, NOW, NOW);
    }
}
