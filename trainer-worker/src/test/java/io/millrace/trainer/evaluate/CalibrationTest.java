package io.millrace.trainer.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.trainer.model.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    @Test
    void shouldGiveOneWithoutSamples() {
        assertThat(Calibration.temperature(List.of(), List.of())).isEqualTo(1, within(1e-6));
    }

    @Test
    void shouldFindTheTemperatureThatMadeTheLabels() {
        // Labels drawn from softmax(logits / 3): the logits are three times too sharp.
        SplittableRandom random = new SplittableRandom(5);
        List<float[]> logits = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            float[] row = {
                (float) (6 * random.nextGaussian()),
                (float) (6 * random.nextGaussian()),
                (float) (6 * random.nextGaussian())
            };
            double[] truth = Calibration.probabilities(row, 3);
            double draw = random.nextDouble();
            labels.add(draw < truth[0] ? 0 : draw < truth[0] + truth[1] ? 1 : 2);
            logits.add(row);
        }

        assertThat(Calibration.temperature(logits, labels)).isEqualTo(3, within(0.2));
    }

    @Test
    void shouldMoveLittleOnAFewSamples() {
        List<float[]> logits = List.of(new float[] {5, 0}, new float[] {5, 0}, new float[] {5, 0});

        assertThat(Calibration.temperature(logits, List.of(1, 0, 0))).isBetween(1.0, 2.0);
    }

    @Test
    void shouldSumToOneWhenLogitsAreHuge() {
        double[] probabilities = Calibration.probabilities(new float[] {1e30f, -1e30f, 0}, 0.1);

        assertThat(probabilities[0] + probabilities[1] + probabilities[2]).isEqualTo(1, within(1e-12));
    }

    @Test
    void shouldMeasureCalibrationErrorAsByHand() {
        // Four answers at confidence 0.8, of which two are right: |0.8 - 0.5|.
        double[][] probabilities = {{0.8, 0.2}, {0.8, 0.2}, {0.8, 0.2}, {0.8, 0.2}};

        Evaluation evaluation = Evaluation.of(probabilities, new int[] {0, 0, 1, 1}, 2);

        assertThat(evaluation.calibrationError()).isEqualTo(0.3, within(1e-9));
        assertThat(evaluation.accuracy()).isEqualTo(0.5);
    }

    /** The first frame ids that calibrate, or do not. */
    private static List<String> frames(boolean calibrate, int count) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "frame-" + i)
                .filter(id -> PrequentialEvaluator.calibrates(id) == calibrate)
                .limit(count)
                .toList();
    }

    @Test
    void shouldKeepTheLatestScoresAcrossACheckpoint() {
        PrequentialEvaluator scores = new PrequentialEvaluator(4);
        for (boolean calibrate : new boolean[] {true, false}) {
            List<String> ids = frames(calibrate, 3);
            scores.add(ids.get(0), new float[] {9, 0}, 1);
            scores.add(ids.get(1), new float[] {2, 0}, 0);
            scores.add(ids.get(2), new float[] {0, calibrate ? 2 : 3}, 0);
        }

        PrequentialEvaluator restored = new PrequentialEvaluator(4);
        restored.restore(scores.reported(2), scores.calibration(2));

        assertThat(restored.evaluation(1, 2).samples()).isEqualTo(4);
        assertThat(restored.evaluation(1, 2).accuracy()).isEqualTo(0.5);
        assertThat(restored.temperature()).isEqualTo(scores.temperature());
        assertThat(restored.evaluation(2, 2)).isEqualTo(scores.evaluation(2, 2));
    }

    @Test
    void shouldFitTheTemperatureToOtherFramesThanAreReported() {
        PrequentialEvaluator scores = new PrequentialEvaluator(1_000);
        frames(false, 50).forEach(id -> scores.add(id, new float[] {5, 0}, 1));

        assertThat(scores.temperature()).isEqualTo(1, within(1e-6));
        double reported = scores.evaluation(1, 2).calibrationError();

        frames(true, 50).forEach(id -> scores.add(id, new float[] {5, 0}, 1));

        assertThat(scores.temperature()).isGreaterThan(3);
        assertThat(scores.evaluation(1, 2).samples()).isEqualTo(100);
        assertThat(scores.evaluation(1, 2).calibrationError()).isEqualTo(reported);
    }

    @Test
    void shouldPutHalfOfTheFramesIntoEachSlice() {
        long calibrating = IntStream.range(0, 10_000)
                .filter(i -> PrequentialEvaluator.calibrates("frame-" + i))
                .count();

        assertThat(calibrating).isBetween(4_800L, 5_200L);
    }

    @Test
    void shouldKeepSlicesAsTheyWereWhenOneIsEmpty() {
        Tensor all = new Tensor("scores", List.of(3, 3), new float[] {1, 0, 0, 2, 0, 0, 3, 0, 1});
        Tensor none = new Tensor("calibration", List.of(0, 3), new float[0]);
        PrequentialEvaluator scores = new PrequentialEvaluator(10);

        scores.restore(all, none);

        assertThat(scores.reported(2).values()).containsExactly(1, 0, 0, 2, 0, 0, 3, 0, 1);
        assertThat(scores.calibration(2).values()).isEmpty();
    }

    @Test
    void shouldCountAPseudoLabelOnceWhenItsLabelComes() {
        PseudoLabelAudit audit = new PseudoLabelAudit(2);
        audit.accepted("a", 1);
        audit.accepted("b", 1);
        audit.accepted("c", 1); // a is forgotten
        audit.labeled("a", 1);
        audit.labeled("b", 1);
        audit.labeled("b", 1);
        audit.labeled("c", 2);

        assertThat(audit.audited()).isEqualTo(2);
        assertThat(audit.right()).isEqualTo(1);
    }
}
