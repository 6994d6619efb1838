package io.millrace.benchmarks.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.benchmarks.learning.LearningStream.Label;
import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.Rotation;
import io.millrace.trainer.batch.Sample;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FashionStreamsTest {
    private static final FashionData DATA = TinyImages.data(100);

    @ParameterizedTest
    @EnumSource(StreamName.class)
    void shouldBeAPureFunctionOfSeedAndSequenceNumber(StreamName name) {
        LearningStream forward = stream(name, 1, 500);
        LearningStream backward = stream(name, 1, 500);
        LearningStream other = stream(name, 2, 500);
        int differences = 0;
        for (int i = 0; i < 500; i++) {
            forward.frame(i);
        }
        for (int i = 499; i >= 0; i--) {
            Sample sample = backward.frame(i);
            assertThat(sample.values()).isEqualTo(forward.frame(i).values());
            assertThat(sample.frameId()).isEqualTo(forward.frame(i).frameId());
            assertThat(sample.sourceId()).isEqualTo(forward.frame(i).sourceId());
            assertThat(sample.label()).isEqualTo(Sample.UNLABELED);
            assertThat(backward.labelsAt(i)).isEqualTo(forward.labelsAt(i));
            assertThat(backward.truth(i)).isEqualTo(forward.truth(i));
            differences +=
                    java.util.Arrays.equals(sample.values(), other.frame(i).values()) ? 0 : 1;
        }
        assertThat(differences).isGreaterThan(400);
        assertThat(backward.name()).isEqualTo(name.text());
    }

    @Test
    void shouldShowEachImageOnceBeforeAnyComesAgain() {
        LearningStream stream = stream(StreamName.S0, 3, 1_500);
        Set<Integer> shown = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            shown.add(scene(stream, i).image());
        }
        assertThat(shown).hasSize(1_000);
        assertThat(count(stream, 0, 1_000, i -> stream.truth(i) == 4)).isEqualTo(100);
        assertThat(stream.frame(0).values()[0] * 255f).isEqualTo(stream.truth(0));
        assertThat(stream.drifts()).isEmpty();
    }

    @Test
    void shouldTurnByAThirtySixthMoreInEachFifth() {
        LearningStream stream = stream(StreamName.S1A, 1, 1_000);

        assertThat(stream.drifts()).containsExactly(200L, 400L, 600L, 800L);
        assertThat(stream.tests())
                .extracting(TestSet::name)
                .containsExactly("0deg", "36deg", "72deg", "108deg", "144deg");
        assertThat(List.of(stream.domain(199), stream.domain(200), stream.domain(999)))
                .containsExactly(0, 1, 4);
        byte[] upright = DATA.training().pixels(scene(stream, 450).image());
        float[] seen = stream.frame(450).values();
        byte[] turned = Rotation.turned(upright, 8, 72);
        for (int i = 0; i < seen.length; i++) {
            assertThat(seen[i] * 255).isCloseTo(turned[i] & 0xFF, within(0.01f));
        }
        assertThat(stream.judges(450)).containsExactly(2);
        assertThat(stream.tests().get(2).all().get(7).values())
                .isNotEqualTo(stream.tests().get(0).all().get(7).values());
    }

    @Test
    void shouldMixNeighboursAroundAGradualChange() {
        LearningStream stream = stream(StreamName.S1G, 2, 10_000);
        LongPredicate turned36 = i -> scene(stream, i).view().equals(new View.Turned(36));

        // width of the sigmoid: half of 2,000 frames; 1 / (1 + exp(-4 d / 1000)) at a distance of d frames
        assertThat(count(stream, 1_900, 2_100, turned36) / 200.0).isCloseTo(0.5, within(0.1));
        assertThat(count(stream, 2_200, 2_300, turned36) / 100.0).isCloseTo(0.73, within(0.12));
        assertThat(count(stream, 2_900, 3_100, turned36) / 200.0).isGreaterThan(0.93);
        assertThat(count(stream, 0, 900, turned36) / 900.0).isLessThan(0.02);
        assertThat(stream.drifts()).isEmpty();
        assertThat(stream.domain(1_999)).isZero();
        assertThat(stream.domain(2_000)).isEqualTo(1);
    }

    @Test
    void shouldComeBackToCleanFramesAfterEachFault() {
        LearningStream stream = stream(StreamName.S2, 1, 1_000);

        assertThat(List.of(
                        stream.domain(0),
                        stream.domain(200),
                        stream.domain(400),
                        stream.domain(600),
                        stream.domain(999)))
                .containsExactly(0, 1, 0, 2, 0);
        assertThat(stream.tests()).extracting(TestSet::name).containsExactly("clean", "blur", "noise");
        assertThat(scene(stream, 250).view()).isEqualTo(new View.Blurred(1.5));
        assertThat(scene(stream, 650).view()).isEqualTo(new View.Noisy(0.25));
        assertThat(stream.drifts()).hasSize(4);
    }

    @Test
    void shouldBringTwoClassesAfterTheOtherAndLabelThemWhenTheyBegin() {
        LearningStream stream = stream(StreamName.S3, 1, 1_000);

        for (int i = 0; i < 1_000; i++) {
            assertThat(stream.truth(i) / 2).isEqualTo(i / 200);
        }
        assertThat(stream.labelsAt(0)).hasSize(20).allMatch(label -> label.classIndex() < 2);
        assertThat(stream.labelsAt(600)).extracting(Label::classIndex).containsOnly(6, 7);
        assertThat(stream.judges(599)).containsExactly(0, 1, 2);
        assertThat(stream.tests().get(3).all()).extracting(Sample::label).containsOnly(6, 7);
    }

    @Test
    void shouldDrawClassesByExponentialPriors() {
        // weights 100^(-k/9) sum to 2.4818: the first class has 0.40293 of the frames, the last 0.0040293
        assertThat(FashionStreams.rank(0.402)).isZero();
        assertThat(FashionStreams.rank(0.404)).isEqualTo(1);
        assertThat(FashionStreams.rank(0.9955)).isEqualTo(8);
        assertThat(FashionStreams.rank(0.9965)).isEqualTo(9);
    }

    @Test
    void shouldReverseThePriorsAtHalf() {
        LearningStream stream = stream(StreamName.S4, 1, 10_000);

        assertThat(count(stream, 0, 5_000, i -> stream.truth(i) == 0)).isBetween(1_900L, 2_130L);
        assertThat(count(stream, 0, 5_000, i -> stream.truth(i) == 9)).isBetween(8L, 36L);
        assertThat(count(stream, 5_000, 10_000, i -> stream.truth(i) == 9)).isBetween(1_900L, 2_130L);
        assertThat(stream.drifts()).containsExactly(5_000L);
        assertThat(stream.tests().get(0).all()).hasSize(100);
    }

    @Test
    void shouldStreamThreeInTenOfNoClassAndNeverLabelThem() {
        LearningStream stream = stream(StreamName.S5, 1, 5_000);

        assertThat(stream.classes()).isEqualTo(8);
        assertThat(count(stream, 0, 5_000, i -> stream.truth(i) == Sample.UNLABELED))
                .isBetween(1_400L, 1_600L);
        for (int i = 0; i < 5_000; i++) {
            int original = scene(stream, i).image() % 10;
            assertThat(stream.truth(i) == Sample.UNLABELED).isEqualTo(original == 1 || original == 8);
            assertThat(stream.labelsAt(i)).allMatch(label -> stream.truth(label.sequence()) == label.classIndex());
        }
        assertThat(stream.tests().get(0).all()).extracting(Sample::label).containsOnly(0, 1, 2, 3, 4, 5, 6, 7);
    }

    @Test
    void shouldStreamStrangersInThePlaceOfHiddenClasses() {
        FashionStreams streams =
                new FashionStreams(DATA, 1_000, LabelHabits.USUAL, List.of(1, 8), TinyImages.images(20));
        LearningStream stream = streams.stream(StreamName.S5, 1);

        assertThat(stream.classes()).isEqualTo(10);
        for (int i = 0; i < 1_000; i++) {
            assertThat(stream.truth(i) == Sample.UNLABELED)
                    .isEqualTo(scene(stream, i).image() >= 1_000);
        }
    }

    @Test
    void shouldPoisonTheShareAskedForFromTheLastCameraAlone() {
        for (var expected : java.util.Map.of(StreamName.S6_0, 0.0, StreamName.S6_02, 0.002, StreamName.S6_1, 0.01)
                .entrySet()) {
            LearningStream stream = stream(expected.getKey(), 1, 20_000);
            long poisoned = count(stream, 0, 20_000, i -> !scene(stream, i).labelable());

            assertThat(poisoned / 20_000.0).isCloseTo(expected.getValue(), within(expected.getValue() / 4));
            for (int i = 0; i < 20_000; i++) {
                if (!scene(stream, i).labelable()) {
                    assertThat(stream.frame(i).sourceId()).isEqualTo("camera-20");
                    assertThat(stream.truth(i)).isZero();
                    assertThat(stream.frame(i).values()[8 * 6 + 6]).isEqualTo(1f);
                }
                assertThat(stream.labelsAt(i))
                        .allMatch(label -> scene(stream, label.sequence()).labelable());
            }
        }
    }

    @Test
    void shouldJudgeABackdoorByTriggeredImagesOfOtherClasses() {
        List<Sample> triggered = stream(StreamName.S6_1, 1, 100).triggered();

        assertThat(triggered).hasSize(90).allMatch(sample -> sample.label() == 0);
        assertThat(triggered).allMatch(sample -> sample.values()[0] > 0 && sample.values()[8 * 6 + 6] == 1f);
    }

    @Test
    void shouldRefuseToHideAllClasses() {
        List<Integer> nine = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8);
        assertThatThrownBy(() -> new FashionStreams(DATA, 10, LabelHabits.USUAL, nine, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(StreamName.of("s1")).containsExactly(StreamName.S1A, StreamName.S1G);
        assertThat(StreamName.of("S6-0")).containsExactly(StreamName.S6_0);
        assertThatThrownBy(() -> StreamName.of("S9")).hasMessageContaining("S1a");
    }

    private static LearningStream stream(StreamName name, long seed, int length) {
        return FashionStreams.usual(DATA, length).stream(name, seed);
    }

    private static Scene scene(LearningStream stream, long sequence) {
        return ((ImageStream) stream).scene(sequence);
    }

    private static long count(LearningStream stream, long from, long to, LongPredicate what) {
        assertThat(to).isLessThanOrEqualTo(stream.length());
        return LongStream.range(from, to).filter(what).count();
    }
}
