package io.millrace.quickstart.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.watch.LiveView.Style;
import io.millrace.quickstart.watch.LiveView.Subject;
import io.millrace.record.EventKind;
import io.millrace.record.ModelAlias;
import io.millrace.record.ModelEvent;
import io.millrace.record.Outcome;
import io.millrace.runtime.loop.Background;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @Test
    void shouldFitATerminalOf80By24WhenNumbersAreLarge() {
        RunStatistics statistics = busy();
        Screen screen = new Screen(new Subject(
                "adamatch, seed 7, " + "x".repeat(100), 10_000, List.of("Bag"), "metrics " + "y".repeat(100)));

        List<String> lines = screen.lines(statistics.snapshot(), 1_234, Duration.ofHours(12));

        assertThat(lines).hasSizeLessThanOrEqualTo(24).allMatch(line -> line.length() <= 78);
        assertThat(String.join("\n", lines)).contains("5,000 / 10,000", "last 100: 50.0 %", "version-19");
    }

    @Test
    void shouldShowDashesWhenNothingIsKnownYet() {
        Screen screen = new Screen(new Subject("adamatch", 0, List.of(), ""));

        List<String> lines = screen.lines(new RunStatistics("accepted").snapshot(), 0, Duration.ZERO);

        assertThat(String.join("\n", lines)).contains("none yet", "last 100: -").doesNotContain("NaN", "null");
    }

    @Test
    void shouldShowTheCursorAgainWhenTheViewEnds() throws InterruptedException {
        StringWriter written = new StringWriter();
        RunStatistics statistics = busy();
        LiveView view = new LiveView(
                new PrintWriter(written, true),
                Style.TERMINAL,
                new Subject("title", 10, List.of(), ""),
                statistics::snapshot);

        Background.start(view, "view", failure -> {}).close();

        assertThat(written.toString()).startsWith("\u001b[?25l").endsWith("\u001b[?25h");
    }

    private static RunStatistics busy() {
        RunStatistics statistics = new RunStatistics("accepted");
        for (int i = 0; i < 5_000; i++) {
            statistics.framePublished("f" + i, 0);
            statistics.frameAccepted();
            statistics.outcome(new Outcome("f" + i, "c", "v", 1, i % 2, i % 2 == 1, 0.5f, 0, NOW, NOW, NOW));
            statistics.predicted(io.millrace.record.Prediction.newBuilder()
                    .setFrameId("f" + i)
                    .setSourceId("c")
                    .setCapturedAt(NOW)
                    .setPredictedAt(NOW)
                    .setClassIndex(1)
                    .setLabel("l")
                    .setConfidence(0.5f)
                    .setProbabilities(List.of())
                    .setModelVersion("v")
                    .setVerdict(io.millrace.record.Verdict.CONFIDENT)
                    .setSupersedes(null)
                    .build());
        }
        for (int i = 0; i < 20; i++) {
            statistics.alias(new ModelAlias("champion", "version-" + i, null, "z".repeat(200), NOW));
        }
        statistics.event(new ModelEvent("m", EventKind.GATE, 1_000_000L, "", Map.of("maskRate", 0.5), NOW, ""));
        return statistics;
    }
}
