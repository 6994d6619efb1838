package io.millrace.benchmarks.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.learn.GateReason;
import io.millrace.trainer.learn.StepResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GateCountsTest {
    private static final Map<String, Integer> TRUTHS = Map.of("a", 0, "b", 1, "c", 1, "d", -1, "e", -1);

    @Test
    void shouldTellKnownFromUnknownAndRightFromWrong() {
        GateCounts counts = new GateCounts();

        add(
                counts,
                List.of("a", "b", "c", "d", "e"),
                new int[] {0, 0, -1, 1, -1},
                List.of(
                        GateReason.ACCEPTED,
                        GateReason.ACCEPTED,
                        GateReason.BELOW_THRESHOLD,
                        GateReason.ACCEPTED,
                        GateReason.UNKNOWN));

        // a is right, b and d are wrong; c and e are kept out, e for being strange
        assertThat(counts.precision()).isEqualTo(1.0 / 3);
        assertThat(counts.coverage()).isEqualTo(3.0 / 5);
        assertThat(counts.unknownRefused()).isEqualTo(0.5);
        assertThat(counts.unknownKeptOut()).isEqualTo(0.5);
        assertThat(counts.knownRefused()).isZero();
        assertThat(counts.knownKeptOut()).isEqualTo(1 - 2.0 / 3);
    }

    @Test
    void shouldCountNothingWhileTheGateIsNotAsked() {
        GateCounts counts = new GateCounts();

        add(counts, List.of("a", "d"), new int[] {-1, -1}, List.of(GateReason.WARM_START, GateReason.NOT_USED));
        add(counts, List.of("a", "d"), new int[] {-1, -1}, List.of(GateReason.FEW_LABELS, GateReason.INACCURATE));
        add(counts, List.of("a"), new int[] {-1}, List.of(GateReason.HELD_BACK));

        assertThat(counts.precision()).isNaN();
        assertThat(counts.coverage()).isNaN();
        assertThat(counts.unknownKeptOut()).isNaN();
    }

    private static void add(GateCounts counts, List<String> ids, int[] pseudoLabels, List<GateReason> reasons) {
        List<Sample> unlabeled = ids.stream()
                .map(id -> new Sample(id, "camera", new float[0], Sample.UNLABELED))
                .toList();
        Sample labeled = new Sample("x", "camera", new float[0], 0);
        TrainingBatch batch = new TrainingBatch(1, List.of(labeled), unlabeled, 1);
        StepResult result =
                new StepResult(1, 0, 0, 0, 0, 0, 0, new double[0], 0, 0, 0, pseudoLabels, reasons, Map.of());
        counts.add(result, batch, id -> TRUTHS.getOrDefault(id, Sample.UNLABELED));
    }
}
