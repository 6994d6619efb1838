package io.millrace.benchmarks.learning;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.benchmarks.learning.LearningRun.Examinations;
import io.millrace.runtime.Settings;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.model.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Tiny runs of the real learner; how good it gets is not looked at. */
class LearningBenchmarkIT {
    private static final Map<String, String> SMALL = Map.of(
            "trainer.threads", "1",
            "trainer.network.width", "8",
            "trainer.unlabeled.warm.start.steps", "10",
            "trainer.gate.start.labels.per.class", "0",
            "trainer.unlabeled.ramp.steps", "10");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path directory;

    @Test
    void shouldGoOnWhereAKilledBenchmarkStopped() throws IOException {
        Path table = directory.resolve("learning.csv");
        assertThat(run("--arms", "no-update,supervised,adamatch", "--equal-time"))
                .isZero();
        List<RunRow> whole = ResultsTable.at(table).rows();
        assertThat(whole)
                .extracting(RunRow::arm)
                .containsExactly("no-update", "supervised", "adamatch", "supervised@adamatch");
        assertThat(whole.get(0).steps()).isEqualTo(20);
        assertThat(whole.get(1).steps()).isEqualTo(50).isEqualTo(whole.get(2).steps());
        assertThat(whole.get(2).coverage()).isBetween(0.0, 1.0);
        RunRow paced = whole.get(3);
        assertThat(paced.steps()).isEqualTo((long) Math.floor(50 * paced.stepsPerBatch() + 1e-9));
        List<String> lines = Files.readAllLines(table);
        String half = lines.get(3).substring(0, 100);
        Files.writeString(table, String.join("\n", lines.subList(0, 3)) + "\n" + half);

        assertThat(run("--arms", "no-update,supervised,adamatch")).isZero();

        assertThat(err.toString()).contains("S0 no-update seed 1: passed over", "S0 supervised seed 1: passed over");
        List<RunRow> again = ResultsTable.at(table).rows();
        assertThat(again).extracting(RunRow::arm).containsExactly("no-update", "supervised", "adamatch");
        assertThat(again.get(2).curve()).isEqualTo(whole.get(2).curve());
        assertThat(again.get(2).end()).isEqualTo(whole.get(2).end());
    }

    @Test
    void shouldWriteTablesAndPlotsOfMergedRunsWithoutTraining() throws IOException {
        Path one = directory.resolve("one");
        Path other = directory.resolve("other");
        ResultsTable.at(one.resolve("learning.csv")).add(Rows.row("S0", "supervised", 1, 0.5));
        ResultsTable.at(other.resolve("learning.csv")).add(Rows.row("S0", "supervised", 1, 0.6));
        ResultsTable.at(other.resolve("learning.csv")).add(Rows.row("S2", "adamatch", 1, 0.7));
        Path json = directory.resolve("figures.json");

        assertThat(command("--report", "--out", one.toString(), "--merge", other.toString(), "--json", json.toString()))
                .as(err.toString())
                .isZero();

        assertThat(ResultsTable.at(one.resolve("learning.csv")).rows()).hasSize(2);
        assertThat(Files.readString(one.resolve("learning.md"))).contains("### S0", "### S2", "| adamatch |");
        assertThat(Files.readString(one.resolve("learning-curves.csv")))
                .contains("0123456789ab,S0,supervised,1,50,0.4000\n");
        if (!err.toString().contains("No plots")) {
            assertThat(one.resolve("learning-S0.png")).isNotEmptyFile();
            assertThat(one.resolve("learning-S2.png")).isNotEmptyFile();
        }
        JsonNode figures = new ObjectMapper().readTree(json.toFile()).get("figures");
        assertThat(figures.get("S0.supervised.final").asDouble()).isEqualTo(50);
    }

    @Test
    void shouldSayWhatIsWrongWithTheOptions() {
        assertThat(run("--arms", "magic")).isEqualTo(2);
        assertThat(run("--streams", "S9")).isEqualTo(2);
        assertThat(run("--label-share", "2")).isEqualTo(2);
        assertThat(err.toString()).contains("expected a method, got magic", "got S9", "expected shares in 0..1");
    }

    @Test
    void shouldChangeNoWeightAfterTheStartWithoutUpdates() {
        try (LearningRun run = learning("no-update")) {
            assertThat(run.turn()).isTrue();
            List<float[]> weights = values(run);
            int turns = 1;
            while (run.turn()) {
                turns++;
            }
            assertThat(turns).isEqualTo(10);
            assertThat(values(run)).usingRecursiveComparison().isEqualTo(weights);
        }
        try (LearningRun run = learning("supervised")) {
            run.turn();
            List<float[]> weights = values(run);
            run.turn();
            assertThat(values(run)).usingRecursiveComparison().isNotEqualTo(weights);
        }
    }

    private static LearningRun learning(String arm) {
        Map<String, String> method =
                Map.of("trainer.method", Arm.of(arm).method().text());
        TrainerSettings settings =
                TrainerSettings.from(Settings.of(TrainerSettings.declare(), Set.of("stream"), List.of(SMALL, method)));
        LearningStream stream = FashionStreams.usual(TinyImages.data(20), 40).stream(StreamName.S0, 1);
        return new LearningRun(stream, Arm.of(arm), settings, new Examinations(1, 10));
    }

    private static List<float[]> values(LearningRun run) {
        return run.teacherWeights().stream().map(Tensor::values).toList();
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--out", directory.toString(), "--frames", "200", "--examinations", "2"));
        all.addAll(List.of("--test-images", "20"));
        SMALL.forEach((key, value) -> all.addAll(List.of("--set", key + "=" + value)));
        return command(all.toArray(String[]::new));
    }

    private int command(String... arguments) {
        return new CommandLine(new LearningBenchmark())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
