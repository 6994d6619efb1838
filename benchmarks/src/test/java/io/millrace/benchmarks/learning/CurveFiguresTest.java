package io.millrace.benchmarks.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.benchmarks.learning.CurveFigures.Recovery;
import io.millrace.benchmarks.learning.CurvePoint.Occasion;
import io.millrace.benchmarks.learning.ExaminationPlan.Moment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CurveFiguresTest {
    @Test
    void shouldAverageTheRegularExaminationsAlone() {
        List<CurvePoint> curve = List.of(
                point(100, Occasion.REGULAR, 0.5),
                point(100, Occasion.BEFORE_DRIFT, 0.5),
                point(100, Occasion.AFTER_DRIFT, 0.1),
                point(200, Occasion.REGULAR, 0.8));

        assertThat(CurveFigures.anytime(curve)).isCloseTo(0.65, within(1e-12));
        assertThat(CurveFigures.anytime(List.of())).isNaN();
    }

    @Test
    void shouldTellWhatWasLostOfTheBestOfEachEarlierDomain() {
        List<CurvePoint> curve = List.of(
                domains(100, Map.of(0, 0.8)),
                domains(200, Map.of(0, 0.9, 1, 0.5)),
                domains(300, Map.of(0, 0.6, 1, 0.7, 2, 0.4)),
                domains(400, Map.of(0, 0.7, 1, 0.65, 2, 0.8)));

        // domain 0: 0.9 - 0.7; domain 1: 0.7 - 0.65; domain 2 is the one of the end
        assertThat(CurveFigures.forgetting(curve, 2)).isCloseTo((0.2 + 0.05) / 2, within(1e-12));
        assertThat(CurveFigures.forgetting(curve.subList(0, 1), 0)).isNaN();
    }

    @Test
    void shouldCountFramesFromADriftUntilTheLevelIsNearAgain() {
        List<CurvePoint> curve = List.of(
                point(1_000, Occasion.REGULAR, 0.80),
                point(1_000, Occasion.BEFORE_DRIFT, 0.80),
                point(1_000, Occasion.AFTER_DRIFT, 0.30),
                point(1_100, Occasion.AFTER_DRIFT, 0.70),
                point(1_200, Occasion.AFTER_DRIFT, 0.785),
                point(2_000, Occasion.REGULAR, 0.90),
                point(2_000, Occasion.BEFORE_DRIFT, 0.90),
                point(2_000, Occasion.AFTER_DRIFT, 0.40),
                point(2_100, Occasion.AFTER_DRIFT, 0.57),
                point(3_000, Occasion.REGULAR, 0.60));

        List<Recovery> recoveries = CurveFigures.recoveries(curve, List.of(1_000L, 2_000L));

        // the level was 0.80 and is 0.90 at last: 0.78 is near; then it was 0.90 and is 0.60 at last: 0.58 is near
        assertThat(recoveries.get(0).frames()).isEqualTo(200);
        assertThat(recoveries.get(0).shortfall()).isCloseTo(-0.1, within(1e-12));
        assertThat(recoveries.get(1).frames()).isEqualTo(1_000);
        assertThat(recoveries.get(1).shortfall()).isCloseTo(0.3, within(1e-12));
    }

    @Test
    void shouldExamineRegularlyAndOftenAfterADrift() {
        LearningStream stream = FashionStreams.usual(TinyImages.data(10), 1_000).stream(StreamName.S4, 1);

        List<Moment> moments = ExaminationPlan.of(stream, 4);

        assertThat(moments.stream()
                        .filter(moment -> moment.occasion() == Occasion.REGULAR)
                        .map(Moment::frames))
                .containsExactly(250L, 500L, 750L, 1_000L);
        assertThat(moments).contains(new Moment(500, Occasion.BEFORE_DRIFT, 499));
        assertThat(moments.stream()
                        .filter(moment -> moment.occasion() == Occasion.AFTER_DRIFT)
                        .map(Moment::frames))
                .containsExactly(500L, 525L, 550L, 575L, 600L, 625L, 650L, 675L, 700L, 725L, 750L);
        assertThat(moments).isSortedAccordingTo(java.util.Comparator.comparingLong(Moment::frames));
    }

    private static CurvePoint point(long frames, Occasion occasion, double accuracy) {
        return new CurvePoint(frames, occasion, accuracy, Map.of(0, accuracy));
    }

    private static CurvePoint domains(long frames, Map<Integer, Double> byDomain) {
        return new CurvePoint(frames, Occasion.REGULAR, 0.5, byDomain);
    }
}
