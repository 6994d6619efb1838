package io.millrace.quickstart.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.data.StreamPlan;
import io.millrace.quickstart.feed.LabelPlan.Due;
import io.millrace.quickstart.feed.LabelPlan.Habits;
import io.millrace.record.LabelAction;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LabelPlanTest {
    private static final int FRAMES = 10_000;
    private static FrameStream stream;

    @BeforeAll
    static void read() throws IOException {
        stream = new FrameStream(FashionData.bundled().training(), StreamPlan.of(7, FRAMES));
    }

    @Test
    void shouldLabelTenOfEachClassWhenTheFirstFrameIsSeen() {
        LabelPlan plan = new LabelPlan(stream, new Habits(0.01, 1_000, 0, 500, 10), 10);

        List<Due> initial = plan.dueAt(0);

        int[] perClass = new int[10];
        initial.forEach(due -> perClass[due.classIndex()]++);
        assertThat(perClass).containsOnly(10);
        assertThat(initial).allMatch(due -> due.classIndex() == stream.label(due.sequence()));
        assertThat(initial).isSortedAccordingTo((a, b) -> Long.compare(a.sequence(), b.sequence()));
        // No frame of a class comes earlier than those that were chosen.
        long last = initial.get(initial.size() - 1).sequence();
        Set<Long> chosen = new HashSet<>(initial.stream().map(Due::sequence).toList());
        int[] seen = new int[10];
        for (long i = 0; i <= last; i++) {
            boolean amongFirst = seen[stream.label(i)]++ < 10;
            assertThat(chosen.contains(i)).isEqualTo(amongFirst);
        }
    }

    @Test
    void shouldCountTheLabelsOfTheStartThatCanBeJoinedByThen() {
        LabelPlan plan = new LabelPlan(stream, Habits.usual(), 10);

        List<Long> initial = plan.dueAt(0).stream().map(Due::sequence).toList();

        assertThat(plan.initialAmong(1)).isEqualTo(1);
        assertThat(plan.initialAmong(initial.get(49) + 1)).isEqualTo(50);
        assertThat(plan.initialAmong(initial.get(49))).isEqualTo(49);
        assertThat(plan.initialAmong(FRAMES)).isEqualTo(100);
    }

    @Test
    void shouldLabelEachFrameOnceAndCorrectEachErrorOnceWhenTheStreamPasses() {
        LabelPlan plan = new LabelPlan(stream, Habits.usual(), 10);
        Map<Long, Integer> labels = new HashMap<>();
        Map<Long, Long> wrongSince = new HashMap<>();
        int late = 0;
        int corrected = 0;

        for (long i = 0; i < FRAMES; i++) {
            for (Due due : plan.dueAt(i)) {
                if (due.action() == LabelAction.ASSIGN) {
                    assertThat(labels.put(due.sequence(), due.classIndex())).isNull();
                    late += i == 0 ? 0 : 1;
                    assertThat(i == 0 || i - due.sequence() == 1_000).isTrue();
                    if (due.classIndex() != stream.label(due.sequence())) {
                        wrongSince.put(due.sequence(), i);
                    }
                } else {
                    assertThat(due.action()).isEqualTo(LabelAction.CORRECT);
                    assertThat(due.classIndex()).isEqualTo(stream.label(due.sequence()));
                    assertThat(i - wrongSince.remove(due.sequence())).isEqualTo(500);
                    corrected++;
                }
            }
        }

        assertThat(late).isBetween(60, 120); // 1 % of 9,000, less the initial ones
        assertThat(corrected).isBetween(2, 25); // 5 % of about 190
        assertThat(wrongSince.values()).allMatch(since -> since + 500 >= FRAMES);
    }

    @Test
    void shouldMakeAsManyErrorsAsAskedWhenEveryFrameIsLabeled() {
        LabelPlan plan = new LabelPlan(stream, new Habits(1, 10, 0.2, 5, 0), 10);
        int assigned = 0;
        int wrong = 0;
        int corrected = 0;

        for (long i = 0; i < FRAMES; i++) {
            for (Due due : plan.dueAt(i)) {
                boolean assign = due.action() == LabelAction.ASSIGN;
                assigned += assign ? 1 : 0;
                wrong += due.classIndex() == stream.label(due.sequence()) ? 0 : 1;
                corrected += assign ? 0 : 1;
            }
        }

        assertThat(assigned).isEqualTo(FRAMES - 10);
        assertThat(wrong).isBetween(1_850, 2_150);
        assertThat(wrong - corrected).isBetween(0, 5);
    }
}
