package io.millrace.trainer.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.trainer.batch.LabeledBuffer.Eviction;
import io.millrace.trainer.batch.Randomness.Purpose;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BuffersTest {
    private static Sample sample(String frameId, int label) {
        return new Sample(frameId, "camera-1", new float[] {0}, label);
    }

    @Test
    void shouldDrawRareClassesAsOftenAsCommonOnes() {
        LabeledBuffer buffer = new LabeledBuffer(100, Eviction.OLDEST_OF_LARGEST_CLASS);
        IntStream.range(0, 50).forEach(i -> buffer.put(sample("common-" + i, 0)));
        buffer.put(sample("rare", 1));

        Map<Integer, Long> drawn = buffer.draw(1_000, new SplittableRandom(1)).stream()
                .collect(Collectors.groupingBy(Sample::label, Collectors.counting()));

        assertThat(drawn).isEqualTo(Map.of(0, 500L, 1, 500L));
    }

    @Test
    void shouldDrawEveryOtherTimeFromThoseSinceADrift() {
        LabeledBuffer buffer = new LabeledBuffer(100, Eviction.OLDEST_OF_LARGEST_CLASS);
        IntStream.range(0, 40).forEach(i -> buffer.put(sample("old-" + i, i % 2)));
        buffer.favourLatest(1);
        buffer.put(sample("old-3", 1)); // came again: it is still from before
        buffer.put(sample("new", 0));

        assertThat(buffer.favoured()).hasValue(2); // old-39 and new
        Map<String, Long> drawn = buffer.draw(4_000, new SplittableRandom(1)).stream()
                .collect(Collectors.groupingBy(Sample::frameId, Collectors.counting()));
        assertThat(drawn.get("new") / 2_000.0).isCloseTo(0.5, within(0.03));
        assertThat(drawn.get("old-39") / 2_000.0).isCloseTo(0.5, within(0.03));
        assertThat(drawn.get("old-3") / 2_000.0).isCloseTo(0.5 / 19, within(0.01));
    }

    @Test
    void shouldFavourNoneWhenMostAreFromAfterTheDrift() {
        LabeledBuffer favouring = new LabeledBuffer(100, Eviction.OLDEST);
        LabeledBuffer plain = new LabeledBuffer(100, Eviction.OLDEST);
        IntStream.range(0, 20).forEach(i -> favouring.put(sample("frame-" + i, i % 2)));
        IntStream.range(0, 20).forEach(i -> plain.put(sample("frame-" + i, i % 2)));
        favouring.favourLatest(10);

        assertThat(drawn(favouring)).isEqualTo(drawn(plain));
        favouring.remove("frame-19");
        plain.remove("frame-19");
        assertThat(favouring.favoured()).hasValue(9);
        assertThat(drawn(favouring)).isNotEqualTo(drawn(plain));
    }

    private static List<String> drawn(LabeledBuffer buffer) {
        return buffer.draw(50, new SplittableRandom(1)).stream()
                .map(Sample::frameId)
                .toList();
    }

    @Test
    void shouldEvictTheOldestOfTheLargestClass() {
        LabeledBuffer buffer = new LabeledBuffer(3, Eviction.OLDEST_OF_LARGEST_CLASS);
        buffer.put(sample("rare", 1));
        buffer.put(sample("old", 0));
        buffer.put(sample("middle", 0));
        buffer.put(sample("new", 0));

        assertThat(buffer.samples()).extracting(Sample::frameId).containsExactly("rare", "middle", "new");
    }

    @Test
    void shouldEvictTheOldestOfAllForAHoldout() {
        LabeledBuffer buffer = new LabeledBuffer(2, Eviction.OLDEST);
        buffer.put(sample("rare", 1));
        buffer.put(sample("old", 0));
        buffer.put(sample("new", 0));

        assertThat(buffer.samples()).extracting(Sample::frameId).containsExactly("old", "new");
    }

    @Test
    void shouldCorrectInPlaceAndForgetOnRetraction() {
        LabeledBuffer buffer = new LabeledBuffer(3, Eviction.OLDEST);
        buffer.put(sample("a", 0));
        buffer.put(sample("b", 0));
        buffer.relabel("a", 2);
        buffer.remove("b");
        buffer.relabel("gone", 1);

        assertThat(buffer.samples()).singleElement().satisfies(kept -> {
            assertThat(kept.frameId()).isEqualTo("a");
            assertThat(kept.label()).isEqualTo(2);
        });
    }

    @Test
    void shouldAssembleFreshSamplesFirstAndFillUpByReplay() {
        LabeledBuffer labeled = new LabeledBuffer(10, Eviction.OLDEST);
        labeled.put(sample("l", 1));
        UnlabeledBuffer unlabeled = new UnlabeledBuffer(10);
        unlabeled.addAll(List.of(sample("u", Sample.UNLABELED)));
        List<Sample> fresh = List.of(sample("f1", Sample.UNLABELED), sample("f2", Sample.UNLABELED));

        TrainingBatch batch = new BatchAssembler(7, 2, 4)
                .assemble(1, labeled, unlabeled, fresh)
                .orElseThrow();

        assertThat(batch.labeled()).extracting(Sample::frameId).containsExactly("l", "l");
        assertThat(batch.unlabeled()).extracting(Sample::frameId).containsExactly("f1", "f2", "u", "u");
        assertThat(batch.fresh()).isEqualTo(2);
    }

    @Test
    void shouldKeepTheLatestUnlabeledSamplesInOrderWhenFull() {
        UnlabeledBuffer buffer = new UnlabeledBuffer(3);
        for (String id : List.of("a", "b", "c", "d", "e")) {
            buffer.addAll(List.of(new Sample(id, "camera", new float[0], Sample.UNLABELED)));
        }

        assertThat(buffer.samples()).extracting(Sample::frameId).containsExactly("c", "d", "e");
        assertThat(buffer.latest(2)).extracting(Sample::frameId).containsExactly("d", "e");
        assertThat(buffer.latest(9)).extracting(Sample::frameId).containsExactly("c", "d", "e");
        assertThat(buffer.draw(100, new SplittableRandom(1)))
                .extracting(Sample::frameId)
                .containsOnly("c", "d", "e");
        int oldest = new SplittableRandom(4).nextInt(3);
        assertThat(buffer.draw(1, new SplittableRandom(4)).get(0))
                .isSameAs(buffer.samples().get(oldest));
    }

    @Test
    void shouldAssembleNothingWithoutALabel() {
        assertThat(new BatchAssembler(7, 2, 4)
                        .assemble(1, new LabeledBuffer(1, Eviction.OLDEST), new UnlabeledBuffer(1), List.of()))
                .isEmpty();
    }

    @Test
    void shouldHoldOutTheConfiguredShareAlwaysTheSame() {
        HoldoutRule rule = new HoldoutRule(0.1);
        List<String> heldOut = IntStream.range(0, 20_000)
                .mapToObj(i -> "frame-" + i)
                .filter(rule::holdsOut)
                .toList();

        assertThat(heldOut.size() / 20_000.0).isEqualTo(0.1, within(0.01));
        assertThat(heldOut).allMatch(new HoldoutRule(0.1)::holdsOut);
        assertThat(heldOut).allMatch(new HoldoutRule(0.2)::holdsOut);
        assertThat(new HoldoutRule(0).holdsOut(heldOut.get(0))).isFalse();
    }

    @Test
    void shouldDrawTheSameNumbersForTheSameStepAndOthersForAnother() {
        assertThat(Randomness.at(7, 3, Purpose.WEAK_VIEW).nextLong())
                .isEqualTo(Randomness.at(7, 3, Purpose.WEAK_VIEW).nextLong())
                .isNotEqualTo(Randomness.at(7, 4, Purpose.WEAK_VIEW).nextLong())
                .isNotEqualTo(Randomness.at(7, 3, Purpose.STRONG_VIEW).nextLong())
                .isNotEqualTo(Randomness.at(8, 3, Purpose.WEAK_VIEW).nextLong());
    }
}
