package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.evaluate.PseudoLabelAudit;
import io.millrace.trainer.learn.GateReason;
import io.millrace.trainer.learn.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GateSummaryTest {
    private final GateSummary summary = new GateSummary(0.95);

    /** Two fresh samples and one replayed one. */
    private void step(int number, GateReason... reasons) {
        List<Sample> unlabeled = new ArrayList<>();
        for (int i = 0; i < reasons.length; i++) {
            unlabeled.add(new Sample("frame-" + number + "-" + i, "camera", new float[1], Sample.UNLABELED));
        }
        TrainingBatch batch =
                new TrainingBatch(number, List.of(new Sample("labeled", "camera", new float[1], 0)), unlabeled, 2);
        int[] classes = new int[reasons.length];
        summary.add(
                new StepResult(
                        number,
                        1,
                        1,
                        1,
                        0,
                        0.9f,
                        0.5f,
                        new double[0],
                        1,
                        0.1f,
                        0.9f,
                        classes,
                        List.of(reasons),
                        Map.of()),
                batch);
    }

    private Map<String, Double> take() {
        return summary.take(2, 1, new PseudoLabelAudit(10), 0);
    }

    @Test
    void shouldCountEachReasonWhenStepsAreAdded() {
        step(1, GateReason.NOVEL, GateReason.ACCEPTED, GateReason.NOVEL);
        step(2, GateReason.ACCEPTED, GateReason.CLASS_QUOTA, GateReason.ACCEPTED);

        assertThat(take())
                .containsEntry("samples.NOVEL", 2.0)
                .containsEntry("samples.ACCEPTED", 3.0)
                .containsEntry("samples.CLASS_QUOTA", 1.0)
                .doesNotContainKey("samples.WARM_START");
        assertThat(take()).doesNotContainKey("samples.NOVEL");
    }

    @Test
    void shouldNameFreshNovelFramesOnceWhenThereAreAny() {
        assertThat(summary.takeNovel()).isEmpty();
        step(1, GateReason.NOVEL, GateReason.ACCEPTED, GateReason.NOVEL);
        step(2, GateReason.ACCEPTED, GateReason.NOVEL, GateReason.ACCEPTED);

        assertThat(summary.takeNovel()).isEqualTo("; novel frames: frame-1-0, frame-2-1");
        assertThat(summary.takeNovel()).isEmpty();
    }

    @Test
    void shouldNameTheLatestTwentyWhenThereAreMore() {
        for (int i = 0; i < 30; i++) {
            step(i + 1, GateReason.NOVEL, GateReason.ACCEPTED);
        }

        assertThat(summary.takeNovel().split(", ")).hasSize(20).endsWith("frame-30-0");
    }
}
