package io.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Each benchmark ends and tells what it promises; how long anything took is not looked at. */
class BenchmarksIT {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"learning", "labels", "sensor", "colour", "step", "routing", "latency", "capacity"})
    void shouldExplainItselfWhenAskedForHelp(String benchmark) {
        assertThat(run(benchmark, "--help")).isZero();
        assertThat(out.toString())
                .contains("Usage: millrace bench " + benchmark, "--quick", "--json", "--set", "--seed");
    }

    @Test
    void shouldTellEveryErrorWhenSettingsAreBad() {
        assertThat(run("step", "--set", "trainer.method=magic", "--set", "trainer.sed=1"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("trainer.method", "did you mean trainer.seed?");
    }

    @Test
    void shouldTellAccuracyBeforeAndAfterSensorsAreExchanged() throws IOException {
        JsonNode figures = figures(
                "sensor", "--quick", "--frames", "160", "--arms", "supervised,oracle", "--sensors", "same,exchanged");

        for (String name : List.of("same.supervised", "same.oracle", "exchanged.supervised", "exchanged.oracle")) {
            assertThat(figures.get(name + ".accuracy.mean.percent").asDouble()).isBetween(0.0, 100.0);
            assertThat(figures.get(name + ".seed1.steps").asInt()).as(name).isEqualTo(40);
        }
    }

    @Test
    void shouldSayWhichFileIsMissingWhenColourImagesAreNotThere() {
        assertThat(run("colour", "--data", directory.toString())).isNotZero();
        assertThat(err.toString()).contains("data_batch_1.bin");
    }

    @Test
    void shouldTellWhatLabelsThatAreAskedForAreWorth() throws IOException {
        JsonNode figures = figures(
                "labels",
                "--frames",
                "2400",
                "--seeds",
                "1,2",
                "--labels",
                "0.1",
                "--set",
                "trainer.method=supervised",
                "--set",
                "trainer.network.width=8",
                "--set",
                "trainer.frames.per.step=100",
                "--set",
                "trainer.label.requests.window.frames=100");

        for (String arm : List.of("random", "random.part", "active.part")) {
            double one = figures.get(arm + ".seed1.accuracy.percent").asDouble();
            double other = figures.get(arm + ".seed2.accuracy.percent").asDouble();
            assertThat(figures.get(arm + ".accuracy.mean.percent").asDouble())
                    .isEqualTo((one + other) / 2, within(1e-6));
        }
        int random = figures.get("random.part.seed1.labels").asInt();
        int active = figures.get("active.part.seed1.labels").asInt();
        assertThat(active).as("0.06 of 1,400 frames and a hundred").isBetween(150, 220);
        assertThat(random).isBetween(150, 220);
        assertThat(figures.get("random.seed1.asked.by.score").asInt()).isZero();
        assertThat(figures.get("active.part.seed1.asked.by.score").asInt()).isBetween(105, 116); // 0.048 of 2,400
        assertThat(figures.has("active.part.minus.random.standard.error")).isTrue();
    }

    @Test
    void shouldTellTheCostOfAStepByMethodAndPart() throws IOException {
        JsonNode figures = figures("step", "--warm-up", "2", "--turns", "1");

        for (String method : List.of("supervised", "fixmatch", "adamatch")) {
            assertThat(figures.has(method + ".step.median.ms")).isTrue();
            assertThat(figures.has(method + ".step.to.supervised.ratio")).isTrue();
        }
        for (String part :
                List.of("augment", "teacher.forward", "student.forward.and.backward", "optimizer", "teacher.average")) {
            assertThat(figures.has("part." + part + ".share")).as(part).isTrue();
        }
    }

    @Test
    void shouldTellFramesPerSecondOfBothEncodings() throws IOException {
        JsonNode figures = figures("routing", "--frames", "50", "--turns", "1");

        assertThat(figures.has("PNG.frames.per.second.median")).isTrue();
        assertThat(figures.has("RAW_U8.frames.per.second.median")).isTrue();
        assertThat(figures.has("RAW_U8.to.PNG.ratio")).isTrue();
    }

    @Test
    void shouldTellLatencyOfAcceptanceAndPrediction() throws IOException {
        JsonNode figures = figures("latency", "--rate", "40", "--seconds", "1");

        assertThat(figures.get("frames").asInt()).isEqualTo(40);
        assertThat(figures.has("accepted.latency.p50.ms")).isTrue();
        assertThat(figures.has("predicted.latency.p99.ms")).isTrue();
    }

    @Test
    void shouldTellWhatOneAndTwoProcessesTakeAndWhatARecordWeighs() throws IOException {
        JsonNode figures = figures("capacity", "--frames", "200", "--turns", "1");

        for (String name : List.of("one.stream", "two.streams", "one.predictor", "two.predictors")) {
            assertThat(figures.get(name + ".frames.per.second").asDouble())
                    .as(name)
                    .isPositive();
        }
        assertThat(figures.get("bytes.per.frame.of.frames").asDouble()).isGreaterThan(300);
        assertThat(figures.get("bytes.per.frame.of.predictions").asDouble()).isPositive();
        assertThat(figures.get("bytes.per.label.of.labeled-frames").asDouble()).isPositive();
        assertThat(figures.get("bytes.of.an.artifact").asDouble()).isGreaterThan(10_000);
    }

    private JsonNode figures(String... arguments) throws IOException {
        Path file = directory.resolve("figures.json");
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--json", file.toString()));

        assertThat(run(all.toArray(String[]::new))).as(err.toString()).isZero();

        JsonNode report = new ObjectMapper().readTree(file.toFile());
        assertThat(report.get("benchmark").asText()).isEqualTo(arguments[0]);
        assertThat(report.get("machine").get("cores").asInt()).isPositive();
        report.get("figures")
                .fieldNames()
                .forEachRemaining(name -> assertThat(out.toString()).contains(name));
        return report.get("figures");
    }

    private int run(String... arguments) {
        CommandLine commandLine =
                Benchmarks.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }
}
