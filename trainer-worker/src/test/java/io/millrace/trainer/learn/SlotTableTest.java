package io.millrace.trainer.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlotTableTest {
    private static SlotTable table(String... frameIds) {
        SlotTable table = new SlotTable("slots", 1, 3);
        for (int i = 0; i < frameIds.length; i++) {
            table.findOrMake(frameIds[i])[0] = i + 1;
        }
        return table;
    }

    @Test
    void shouldForgetWhatWasLookedAtLeastRecentlyWhenFull() {
        SlotTable table = table("a", "b", "c");
        table.find("a");
        table.findOrMake("d")[0] = 4;

        assertThat(table.find("b")).isNull();
        assertThat(table.find("a")).containsExactly(1);
        assertThat(table.rows()).extracting(row -> row[0]).containsExactly(3f, 4f, 1f);
    }

    @Test
    void shouldGoOnInTheSameOrderWhenRestored() {
        SlotTable table = table("frame-1", "frame-2", "\u00e9\u4e16");
        table.find("frame-1");
        SlotTable restored = new SlotTable("slots", 1, 3);

        restored.restore(new NamedTensors(List.of(table.tensor())));
        restored.findOrMake("new");

        assertThat(restored.find("frame-2")).isNull();
        assertThat(restored.find("frame-1")).containsExactly(1);
        assertThat(restored.find("\u00e9\u4e16")).containsExactly(3);
    }

    @Test
    void shouldRefuseATableOfAnotherWidthWhenRestored() {
        Tensor wide = Tensor.rows("slots", 5, new float[2][5]);

        assertThatThrownBy(() -> table().restore(new NamedTensors(List.of(wide))))
                .hasMessageContaining("slots: expected shape [2, 4], got [2, 5]");
    }

    @Test
    void shouldSplitWherePartsDifferMostWhenLossesAreNoted() {
        assertThat(SlotDifficulty.otsu(new double[] {0.1, 0.2, 0.9, 1})).isEqualTo(0.9);
        assertThat(SlotDifficulty.otsu(new double[] {0.1})).isZero();
        SlotDifficulty difficulty = new SlotDifficulty(10);
        difficulty.note("easy", 0.4f);
        difficulty.note("easy", 0); // mean 0.2
        difficulty.note("hard", 2);

        assertThat(difficulty.isEasy("easy")).isFalse();
        difficulty.resplit();

        assertThat(difficulty.isEasy("easy")).isTrue();
        assertThat(difficulty.isEasy("hard")).isFalse();
        assertThat(difficulty.isEasy("unknown")).isFalse();
    }
}
