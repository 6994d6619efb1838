package io.millrace.benchmarks.learning;

import static io.millrace.benchmarks.learning.Rows.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTableTest {
    private static final RunRow FIRST = row("S0", "supervised", 1, 0.5);
    private static final RunRow SECOND = row("S0", "supervised", 2, 0.75);

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("deeper").resolve("learning.csv");
    }

    @Test
    void shouldReadWhatItWrote() throws IOException {
        ResultsTable table = ResultsTable.at(file);
        table.add(FIRST);
        table.add(SECOND);

        ResultsTable again = ResultsTable.at(file);
        assertThat(again.rows()).containsExactly(FIRST, SECOND);
        assertThat(again.find(SECOND.key())).contains(SECOND);
        assertThat(again.find(row("S0", "oracle", 2, 0).key())).isEmpty();
        assertThat(Files.readAllLines(file)).hasSize(3);
        assertThatThrownBy(() -> again.add(SECOND)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldCutOffALineThatWasLeftHalfWritten() throws IOException {
        ResultsTable.at(file).add(FIRST);
        String whole = Files.readString(file);
        ResultsTable table = ResultsTable.at(file);
        table.add(SECOND);
        String both = Files.readString(file);

        for (int length = whole.length(); length < both.length(); length++) {
            Files.writeString(file, both.substring(0, length));

            ResultsTable cut = ResultsTable.at(file);
            assertThat(cut.rows()).containsExactly(FIRST);
            cut.add(SECOND);
            assertThat(Files.readString(file)).isEqualTo(both);
        }
    }

    @Test
    void shouldStartAnewWhenNotEvenTheHeaderIsWhole() throws IOException {
        Files.createDirectories(directory.resolve("deeper"));
        Files.writeString(file, "at,comm");

        ResultsTable table = ResultsTable.at(file);
        table.add(FIRST);

        assertThat(ResultsTable.at(file).rows()).isEqualTo(List.of(FIRST));
    }

    @Test
    void shouldNotKnowWhatAnOlderFileHasNoColumnFor() throws IOException {
        ResultsTable.at(file).add(FIRST);
        String written = Files.readString(file);
        int column =
                List.of(written.lines().findFirst().orElseThrow().split(",")).indexOf("heldBack");
        Files.writeString(
                file, written.lines().map(line -> without(column, line)).collect(Collectors.joining("\n", "", "\n")));

        RunRow row = ResultsTable.at(file).rows().get(0);
        assertThat(row.heldBack()).isNaN();
        assertThat(row.cpuSeconds()).isEqualTo(FIRST.cpuSeconds());
    }

    private static String without(int column, String line) {
        List<String> cells = new ArrayList<>(List.of(line.split(",", -1)));
        cells.remove(column);
        return String.join(",", cells);
    }

    @Test
    void shouldTakeOverRunsOfOtherColumns() throws IOException {
        ResultsTable.at(file).add(FIRST);
        String written = Files.readString(file);
        Files.writeString(
                file, written.replaceAll("(?m)$", ",x").replace("\n,x", "\n").strip() + "\n");

        ResultsTable table = ResultsTable.at(file);
        table.add(SECOND);

        assertThat(ResultsTable.at(file).rows()).containsExactly(FIRST, SECOND);
    }
}
