package io.millrace.quickstart.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.quickstart.watch.RunSnapshot;
import io.millrace.quickstart.watch.RunStatistics;
import io.millrace.record.Outcome;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunSummaryTest {
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

    @TempDir
    Path directory;

    @Test
    void shouldHaveEveryKeyInOrderWhenWritten() throws Exception {
        RunSummary summary = RunSummary.of(facts(), run());

        summary.writeTo(directory.resolve("deep").resolve("summary.json"));

        JsonNode json = new ObjectMapper()
                .readTree(directory.resolve("deep/summary.json").toFile());
        assertThat(names(json))
                .containsExactly(
                        "method",
                        "seed",
                        "complete",
                        "frames",
                        "labels",
                        "versions",
                        "accuracy",
                        "latencyMillis",
                        "training",
                        "times",
                        "peakRssMebibytes",
                        "deadLetters",
                        "settings",
                        "machine");
        assertThat(names(json.get("frames")))
                .containsExactly(
                        "published",
                        "accepted",
                        "quarantined",
                        "predicted",
                        "trained",
                        "holdout",
                        "shed",
                        "unreadable");
        assertThat(names(json.get("labels")))
                .containsExactly("published", "joined", "corrected", "retracted", "expired", "quarantined");
        assertThat(json.at("/accuracy/test/finalChampion").asDouble()).isEqualTo(0.76);
        assertThat(json.at("/accuracy/perClass/one").asDouble()).isEqualTo(1);
        assertThat(json.at("/accuracy/perClass/two").isNull()).isTrue();
        assertThat(json.at("/times/totalSeconds").asDouble()).isEqualTo(90);
        assertThat(json.at("/times/firstPredictionSeconds").isNull()).isTrue();
        assertThat(json.at("/machine/cores").asInt()).isPositive();
        assertThat(json.get("peakRssMebibytes").asLong()).isPositive();
    }

    @Test
    void shouldPrintAndDrawWhenMuchIsUnknown() throws Exception {
        StringWriter printed = new StringWriter();

        SummaryTable.print(RunSummary.of(facts(), run()), new PrintWriter(printed));
        boolean drawn = new Plots(run(), facts().classes()).writeTo(directory).isEmpty();

        assertThat(printed.toString()).contains("76.0 % by the final champion").doesNotContain("null", "NaN");
        assertThat(printed.toString().lines()).allMatch(line -> line.length() <= 110);
        if (drawn) {
            for (String name : List.of("accuracy.png", "gate.png", "classes.png")) {
                assertThat(Files.size(directory.resolve(name))).isGreaterThan(1_000);
            }
        }
    }

    private static RunSnapshot run() {
        RunStatistics statistics = new RunStatistics("accepted");
        statistics.framePublished("a", 0);
        statistics.frameAccepted();
        statistics.outcome(new Outcome("a", "c", "v", 0, 0, true, 0.5f, 0, START, START, START));
        return statistics.snapshot();
    }

    private static RunFacts facts() {
        return new RunFacts(
                true,
                "adamatch",
                7,
                START,
                START.plusSeconds(90),
                List.of("one", "two"),
                new RunFacts.Test(2_000, 0.1, 0.76, null),
                Map.of("b", "2", "a", "1"));
    }

    private static List<String> names(JsonNode json) {
        List<String> names = new ArrayList<>();
        json.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
