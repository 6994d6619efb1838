package io.millrace.benchmarks.learning;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.benchmarks.samples.SampleSet;
import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SampleStreamTest {
    private static final UnaryOperator<Sample> SAME = UnaryOperator.identity();
    private static final UnaryOperator<Sample> NEGATIVE = sample ->
            new Sample(sample.frameId(), sample.sourceId(), new float[] {-sample.values()[0]}, sample.label());

    /** Sample i has the value i + 1 and the class i modulo 2. */
    private static SampleSet samples(int training) {
        return new SampleSet(SampleShape.of(1, 1), 2, some(training), some(3));
    }

    private static List<Sample> some(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Sample("s" + i, "sensor", new float[] {i + 1}, i % 2))
                .toList();
    }

    private static SampleStream stream(int length, long seed, List<UnaryOperator<Sample>> domains) {
        return new SampleStream("name", samples(6), length, seed, new LabelHabits(1, 0, 1, 0, 0), domains);
    }

    private static List<Float> shown(SampleStream stream) {
        return LongStream.range(0, stream.length())
                .mapToObj(i -> stream.frame(i).values()[0])
                .toList();
    }

    @Test
    void shouldShowEverySampleOnceWhenAsLongAsTheSet() {
        assertThat(shown(stream(6, 1, List.of(SAME)))).containsExactlyInAnyOrder(1f, 2f, 3f, 4f, 5f, 6f);
        assertThat(shown(stream(6, 1, List.of(SAME)))).isEqualTo(shown(stream(6, 1, List.of(SAME))));
        assertThat(shown(stream(6, 2, List.of(SAME)))).isNotEqualTo(shown(stream(6, 1, List.of(SAME))));
    }

    @Test
    void shouldHideTheClassAndTellItToWhomItConcerns() {
        SampleStream stream = stream(6, 1, List.of(SAME));
        for (long i = 0; i < 6; i++) {
            assertThat(stream.frame(i).label()).isEqualTo(Sample.UNLABELED);
            assertThat(stream.truth(i)).isEqualTo(((int) stream.frame(i).values()[0] - 1) % 2);
        }
        assertThat(stream.labelsAt(0))
                .hasSize(2)
                .allSatisfy(label -> assertThat(label.classIndex()).isEqualTo(stream.truth(label.sequence())));
    }

    @Test
    void shouldChangeStreamAndJudgesInTheMiddleWhenItDrifts() {
        SampleStream stream = stream(5, 1, List.of(SAME, NEGATIVE));

        assertThat(stream.drifts()).containsExactly(3L);
        assertThat(shown(stream).subList(0, 3)).allMatch(value -> value > 0);
        assertThat(shown(stream).subList(3, 5)).allMatch(value -> value < 0);
        assertThat(stream.judges(2)).containsExactly(0);
        assertThat(stream.judges(3)).containsExactly(1);
        assertThat(stream.tests().get(0).samples().apply(1).values()).containsExactly(2);
        assertThat(stream.tests().get(1).samples().apply(1).values()).containsExactly(-2);
    }
}
