package io.millrace.trainer.learn;

import static io.millrace.trainer.learn.Seen.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RefusalsTest {
    private static final double NEVER = 1e12;

    private static GateRules rules(double classQuota, double sourceQuota, int wait) {
        return new GateRules(0, 0, NEVER, classQuota, sourceQuota, wait, 0);
    }

    private static Refusals only(Refusal rule) {
        return new Refusals(List.of(rule), Optional.empty());
    }

    /** What becomes of samples of these sources and classes, all of them sure. */
    private static List<GateReason> pass(Refusals rules, int classes, int fresh, List<String> sources, int... of) {
        List<Sample> samples = new ArrayList<>();
        float[][] rows = new float[sources.size()][];
        for (int i = 0; i < rows.length; i++) {
            samples.add(new Sample("f" + i, sources.get(i), new float[] {0}, Sample.UNLABELED));
            rows[i] = Probabilities.oneHot(of[i % of.length], classes);
        }
        TrainingBatch batch = new TrainingBatch(1, List.of(new Sample("l", "s", new float[] {0}, 0)), samples, fresh);
        Predictions seen = Predictions.of(batch, rows, new float[0][]);
        rules.arrived(batch);
        return rules.applyTo(seen, new ConfidenceGate(0.9f).decide(seen)).reasons();
    }

    private static List<String> times(int count, String... sources) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.addAll(Arrays.asList(sources));
        }
        return all;
    }

    private static FreshLabels labels(int ofEach, int classes) {
        FreshLabels labels = new FreshLabels(NEVER, classes);
        for (int i = 0; i < ofEach * classes; i++) {
            labels.add(i % classes);
        }
        return labels;
    }

    @Test
    void shouldKeepAClassToTwiceItsShareWhenItIsAcceptedMoreOften() {
        Refusals rules = only(new ClassQuota(rules(2, 1, 0), 4, labels(50, 4)));
        // Each class has a quarter of 200 labels, so half of what is accepted; the first 200 are free.
        assertThat(pass(rules, 4, 0, times(200, "a"), 0)).containsOnly(GateReason.ACCEPTED);

        // 201 > 0.5 * 201; 1 <= 0.5 * 201.
        assertThat(pass(rules, 4, 0, times(3, "a"), 0, 1, 0))
                .containsExactly(GateReason.CLASS_QUOTA, GateReason.ACCEPTED, GateReason.CLASS_QUOTA);
        // After 199 more of class 1 both have 200 of 400: 201 > 200.5 still, and one of class 2 later it is not.
        pass(rules, 4, 0, times(199, "a"), 1);
        assertThat(pass(rules, 4, 0, times(4, "a"), 0, 2, 2, 0))
                .containsExactly(GateReason.CLASS_QUOTA, GateReason.ACCEPTED, GateReason.ACCEPTED, GateReason.ACCEPTED);
    }

    @Test
    void shouldHaveNoClassQuotaWhenLabelsAreFew() {
        Refusals rules = only(new ClassQuota(rules(2, 1, 0), 4, labels(49, 4)));
        pass(rules, 4, 0, times(200, "a"), 0);

        assertThat(pass(rules, 4, 0, times(2, "a"), 0)).containsOnly(GateReason.ACCEPTED);
    }

    @Test
    void shouldForgetWhatWasAcceptedWhenFramesPass() {
        GateRules forgetful = new GateRules(0, 0, 100, 2, 1, 0, 0);
        Refusals rules = only(new ClassQuota(forgetful, 4, labels(50, 4)));
        pass(rules, 4, 0, times(200, "a"), 0);

        // A hundred frames halve 200 to 100, so there are too few again.
        assertThat(pass(rules, 4, 100, times(100, "a"), 0)).containsOnly(GateReason.ACCEPTED);
    }

    @Test
    void shouldKeepASourceToItsShareWhenItIsAcceptedMoreOften() {
        SourceQuota quota = new SourceQuota(rules(0, 0.05, 0));
        Refusals rules = only(quota);
        pass(rules, 2, 50, times(10, "a", "b", "c", "d", "e"), 0);
        assertThat(quota.most()).isEqualTo(0.4);
        assertThat(pass(rules, 2, 0, times(150, "a"), 0)).containsOnly(GateReason.ACCEPTED);

        // a: 161 > 0.4 * 201; b: 11 <= 0.4 * 201.
        assertThat(pass(rules, 2, 0, List.of("a", "b"), 0))
                .containsExactly(GateReason.SOURCE_QUOTA, GateReason.ACCEPTED);
    }

    @Test
    void shouldLetTwoSourcesBeWhenThereAreNoOthers() {
        SourceQuota quota = new SourceQuota(rules(0, 0.05, 0));
        Refusals rules = only(quota);

        assertThat(pass(rules, 2, 300, times(150, "a", "b"), 0)).containsOnly(GateReason.ACCEPTED);
        assertThat(pass(rules, 2, 300, times(300, "a"), 0)).containsOnly(GateReason.ACCEPTED);
        assertThat(quota.most()).isEqualTo(1);
    }

    @Test
    void shouldNotCountSourcesWhenTheyHardlySendAnything() {
        SourceQuota quota = new SourceQuota(rules(0, 0.05, 0));
        List<String> sources = times(250, "a", "b", "c", "d");
        for (int i = 0; i < 40; i++) {
            sources.add("once-" + i);
        }

        pass(only(quota), 2, sources.size(), sources, 0);

        assertThat(quota.most()).isEqualTo(0.5);
    }

    @Test
    void shouldLetNewSourcesWaitWhenTheyMust() {
        Refusals rules = only(new SourceQuota(rules(0, 1, 2)));

        assertThat(pass(rules, 2, 1, List.of("a", "replayed"), 0)).containsOnly(GateReason.NEW_SOURCE);
        assertThat(pass(rules, 2, 1, List.of("a"), 0)).containsOnly(GateReason.NEW_SOURCE);
        assertThat(pass(rules, 2, 1, List.of("a", "b"), 0)).containsExactly(GateReason.ACCEPTED, GateReason.NEW_SOURCE);
    }

    @Test
    void shouldForgetTheSourceSeenLeastRecentlyWhenThereAreTooMany() {
        SourceQuota quota = new SourceQuota(rules(0, 1, 1));
        Refusals rules = only(quota);
        pass(rules, 2, 2, List.of("first", "first"), 0);
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            many.add("source-" + i);
        }
        pass(rules, 2, 5_000, many, 0);

        assertThat(quota.state().get(0).shape().get(0)).isEqualTo(SourceQuota.SOURCES);
        assertThat(pass(rules, 2, 1, List.of("first"), 0)).containsOnly(GateReason.NEW_SOURCE);
    }

    @Test
    void shouldMeasureInDeviationsWhenFeaturesSpreadUnevenly() {
        FeatureGaussians known = new FeatureGaussians(3, 2);
        assertThat(known.distance(row(0, 0))).isNaN();

        known.add(new int[] {0, 0, 1, 1}, new float[][] {row(1, 0), row(-1, 0), row(11, 0), row(9, 0)});

        // Covariance diag(1, 0), shrunk by a twentieth to its mean variance 0.5: diag(0.975, 0.025). Class 2 was not
        // seen.
        assertThat(known.distance(row(3, 0))).isCloseTo(9 / 0.975f, within(1e-4f));
        assertThat(known.distance(row(10, 1))).isCloseTo(40, within(1e-3f));
        assertThat(known.distance(row(0, 0))).isCloseTo(0, within(1e-4f));
    }

    @Test
    void shouldRefuseWhatLiesFurtherThanNearlyAllFreshLabelsWhenFeaturesAreSeen() {
        Novelty novelty = novelty();
        for (int i = 1; i <= 20; i++) {
            novelty.fresh(new float[][] {row(0, i / 10f)});
        }

        // The 18th of 20 is the last that is not novel: (1.8^2 / 0.025) / ((1.8 + 10)^2 / 2).
        assertThat(novelty.threshold()).isCloseTo(1.8615f, within(1e-3f));
        assertThat(reasons(novelty)).containsExactly(GateReason.ACCEPTED, GateReason.NOVEL, GateReason.NOVEL);
    }

    @Test
    void shouldGoByReplayedLabelsWhenFreshOnesAreFew() {
        Novelty novelty = novelty();
        assertThat(novelty.threshold()).isNaN();
        novelty.fresh(new float[][] {row(0, 9)});
        novelty.replayed(new int[] {0, 0}, new float[][] {row(1, 0), row(-1, 0)});

        assertThat(novelty.threshold()).isCloseTo(1 / 0.975f / (101 / 2f), within(1e-4f));
    }

    @Test
    void shouldRefuseNothingWhenNothingIsKnown() {
        assertThat(reasons(new Novelty(0.9, 2, 2)))
                .containsExactly(GateReason.ACCEPTED, GateReason.ACCEPTED, GateReason.BELOW_THRESHOLD);
    }

    private static Novelty novelty() {
        Novelty novelty = new Novelty(0.9, 2, 2);
        novelty.unlabeled(new float[][] {row(0, -8), row(0, -12), row(2, -10), row(-2, -10)}); // covariance diag(2, 2)
        novelty.replayed(new int[] {0, 0}, new float[][] {row(1, 0), row(-1, 0)});
        return novelty;
    }

    /** The first a little nearer than the 18th, the second a little further; the third far, and unsure as well. */
    private static List<GateReason> reasons(Novelty novelty) {
        float[][] rows = {row(1, 0), row(1, 0), row(0.5f, 0.5f)};
        Predictions seen = Seen.withHead(rows, 1, row(0, 1.7f), row(0, 1.9f), row(0, 2));
        return new Refusals(List.of(), Optional.of(novelty))
                .applyTo(seen, new ConfidenceGate(0.9f).decide(seen))
                .reasons();
    }

    @Test
    void shouldKeepBarredSamplesFromTermsWhenTheyAskForThem() {
        Predictions seen = Seen.unlabeled(row(1, 0), row(0.5f, 0.5f));
        GateDecision decision = new ConfidenceGate(0.9f).decide(seen).alsoSeeing(new boolean[] {true, true});

        GateDecision left = decision.barring(new GateReason[] {GateReason.NOVEL, null});

        assertThat(left.shows(0)).isFalse();
        assertThat(left.bars(0)).isTrue();
        assertThat(left.shows(1)).isTrue();
        assertThat(left.bars(1)).isFalse();
        assertThat(left.pseudoLabels()).containsExactly(-1, -1);
    }

    @Test
    void shouldDecideAlikeWhenRulesAreRestoredAndBeginAnewWhenTheyWereOff() {
        GateRules all = new GateRules(0, 0, 500, 1.5, 0.05, 3, 0);
        FreshLabels labels = labels(100, 3);
        Refusals rules = Refusals.of(all, 3, 4, labels);
        Refusals restored = Refusals.of(all, 3, 4, labels);
        for (int i = 0; i < 6; i++) {
            pass(rules, 3, 30, times(20, "a", "b", "c", "d", "e"), 0, 0, 1, 0, 2);
        }

        restored.restore(rules.state());

        List<String> more = times(100, "a", "a", "a", "a", "b", "f");
        List<GateReason> expected = pass(rules, 3, 18, more, 0, 0, 1);
        assertThat(expected)
                .contains(GateReason.ACCEPTED, GateReason.CLASS_QUOTA, GateReason.SOURCE_QUOTA, GateReason.NEW_SOURCE);
        assertThat(pass(restored, 3, 18, more, 0, 0, 1)).isEqualTo(expected);
        for (int i = 0; i < rules.state().size(); i++) {
            assertThat(restored.state().get(i).values())
                    .isEqualTo(rules.state().get(i).values());
        }
        Refusals later = Refusals.of(all, 3, 4, labels);
        later.restore(List.of());
        assertThat(pass(later, 3, 18, more, 0, 0, 1)).isNotEqualTo(expected);
    }

    @Test
    void shouldKnowTheSameWhenNoveltyIsRestored() {
        Novelty novelty = novelty();
        novelty.replayed(new int[] {1, 0}, new float[][] {row(4, 5), row(-1, 0.5f)});
        for (int i = 1; i <= 25; i++) {
            novelty.fresh(new float[][] {row(i, -i)});
        }
        Novelty restored = new Novelty(0.9, 2, 2);

        restored.restore(novelty.state());

        assertThat(restored.threshold()).isFinite().isEqualTo(novelty.threshold());
        assertThat(reasons(restored)).isEqualTo(reasons(novelty));
        novelty.replayed(new int[] {1}, new float[][] {row(2, 2)});
        restored.replayed(new int[] {1}, new float[][] {row(2, 2)});
        for (int i = 0; i < novelty.state().size(); i++) {
            assertThat(restored.state().get(i).values())
                    .isEqualTo(novelty.state().get(i).values());
        }
    }
}
