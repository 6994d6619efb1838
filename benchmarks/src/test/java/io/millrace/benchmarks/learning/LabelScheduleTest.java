package io.millrace.benchmarks.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.benchmarks.learning.LearningStream.Label;
import io.millrace.trainer.batch.Sample;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LabelScheduleTest {
    /** Frame i is of class i mod 4; there are four classes, of which the last cannot be labeled. */
    private static final int[] TRUTHS = IntStream.range(0, 20_000)
            .map(i -> i % 4 == 3 ? Sample.UNLABELED : i % 4)
            .toArray();

    @Test
    void shouldLabelTheFirstOfEachClassWhenItBegins() {
        LabelSchedule schedule = new LabelSchedule(new LabelHabits(2, 0, 1, 0, 0), 1, TRUTHS, List.of(0L, 0L, 100L));

        assertThat(schedule.dueAt(0))
                .containsExactly(new Label(0, 0), new Label(1, 1), new Label(4, 0), new Label(5, 1));
        assertThat(schedule.dueAt(100)).containsExactly(new Label(2, 2), new Label(6, 2));
    }

    @Test
    void shouldLabelAShareOfTheFramesAfterTheDelayAndNoFrameTwice() {
        LabelSchedule schedule = schedule(new LabelHabits(10, 0.01, 1_000, 0, 0));
        Set<Long> labeled = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            for (Label label : schedule.dueAt(i)) {
                assertThat(labeled.add(label.sequence())).isTrue();
                assertThat(label.classIndex()).isEqualTo(TRUTHS[(int) label.sequence()]);
                assertThat(i == 0 || label.sequence() == i - 1_000).isTrue();
            }
        }
        // 30 at the start, then 1 % of 19,000 frames of which three in four can be labeled: 142, give or take 36
        assertThat(labeled).hasSizeBetween(136, 209);
    }

    @Test
    void shouldNameAnotherClassInAShareOfLabelsAndCorrectThemLater() {
        LabelSchedule schedule = schedule(new LabelHabits(0, 0.2, 10, 0.25, 50));
        int right = 0;
        List<Label> wrong = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            for (Label label : schedule.dueAt(i)) {
                int truth = TRUTHS[(int) label.sequence()];
                if (label.sequence() == i - 60) {
                    assertThat(label.classIndex()).isEqualTo(truth);
                    assertThat(wrong).extracting(Label::sequence).contains(label.sequence());
                    wrong.removeIf(earlier -> earlier.sequence() == label.sequence());
                } else if (label.classIndex() == truth) {
                    right++;
                } else {
                    assertThat(label.classIndex()).isBetween(0, 2);
                    wrong.add(label);
                }
            }
        }
        assertThat(wrong).allMatch(label -> label.sequence() > 19_900);
        assertThat(right).isBetween(2_050, 2_450); // 3/4 of 3,000
    }

    private static LabelSchedule schedule(LabelHabits habits) {
        return new LabelSchedule(habits, 1, TRUTHS, List.of(0L, 0L, 0L));
    }
}
