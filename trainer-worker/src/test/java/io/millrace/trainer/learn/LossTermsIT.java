package io.millrace.trainer.learn;

import static io.millrace.trainer.learn.Seen.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.millrace.schemas.SampleShape;
import io.millrace.trainer.augment.Channel;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.model.Architecture;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.model.Gradient;
import io.millrace.trainer.model.InputBuffer;
import io.millrace.trainer.model.Network;
import io.millrace.trainer.model.NetworkConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The loss terms against values worked out by hand. One labeled row of class 0, then unlabeled ones. */
class LossTermsIT {
    private static final Offset<Float> NEAR = within(1e-4f);
    private static final float LN3 = (float) Math.log(3);

    private static Compute compute;
    private NDManager scope;

    @BeforeAll
    static void open() {
        compute = Compute.open("cpu", 1);
    }

    @AfterAll
    static void shut() {
        compute.close();
    }

    @BeforeEach
    void enter() {
        scope = compute.newScope();
    }

    @AfterEach
    void leave() {
        scope.close();
    }

    /** A pass of unlabeled weight 0.5; targets and weights of the unlabeled rows as given. */
    private StudentPass pass(float[][] targets, float[] weights, float[]... outputs) {
        int views = (outputs.length - 1) / targets.length;
        float[][] all = new float[outputs.length][];
        float[] weighed = new float[outputs.length];
        all[0] = Probabilities.oneHot(0, targets[0].length);
        weighed[0] = 1;
        for (int i = 0; i < targets.length * views; i++) {
            all[i + 1] = targets[i % targets.length];
            weighed[i + 1] = i < weights.length ? weights[i] : 0;
        }
        int[] chosen = new int[targets.length];
        Arrays.setAll(chosen, i -> i);
        StudentRows seen = new StudentRows(new float[outputs.length], all, weighed, 1, chosen);
        TrainingBatch batch = Seen.batch(1, targets.length, 1);
        GateDecision decision = GateDecision.none(targets.length, GateReason.NOT_USED);
        return new StudentPass(batch, decision, seen, new NDList(scope.create(outputs)), 0.5f, scope);
    }

    private StudentPass withHead(StudentPass pass, float[]... outputs) {
        NDList more = new NDList(pass.outputs());
        more.add(scope.create(outputs));
        return new StudentPass(pass.batch(), pass.decision(), pass.seen(), more, pass.unlabeledWeight(), scope);
    }

    @Test
    void shouldSquareDifferencesWhenMeanTeacherCompares() {
        // (0.25, 0.75) against (0, 1): 0.5 * (0.0625 + 0.0625) / 2.
        StudentPass pass = pass(new float[][] {row(0, 1)}, row(0.5f), row(9, 0), row(0, LN3));

        assertThat(new SquaredErrorTerm().loss(pass).getFloat()).isCloseTo(0.03125f, NEAR);
    }

    @Test
    void shouldSumEntropiesOfUnlabeledRowsWhenAdded() {
        // H(0.25, 0.75) = 0.562335; weight 2 * 0.5 over one sample.
        StudentPass pass = pass(new float[][] {row(0, 1)}, row(0), row(0, 0), row(0, LN3));

        assertThat(new EntropyTerm(2).loss(pass).getFloat()).isCloseTo(0.562335f, NEAR);
    }

    @Test
    void shouldCompareDistributionsWhenFreeMatchIsFair() {
        // a: mean (0.6, 0.4) over shares (0.5, 0.5) = (0.6, 0.4). b: mean of (0.25, 0.75), (0.75, 0.25), (0.25, 0.75)
        // = (0.41667, 0.58333) over shares (1/3, 2/3) = (1.25, 0.875), normalised (0.58824, 0.41176).
        // 0.6 ln 0.58824 + 0.4 ln 0.41176 = -0.67330.
        SelfAdaptiveGate gate = new SelfAdaptiveGate(new GateSettings(0.9f, 0.9f, 0, 1, 1), 2);
        gate.decide(Seen.unlabeled(row(0.9f, 0.1f), row(0.3f, 0.7f)));
        float[][] targets = {row(1, 0), row(1, 0), row(1, 0)};
        StudentPass pass = pass(targets, row(1, 1, 1), row(0, 0), row(0, LN3), row(LN3, 0), row(0, LN3));

        assertThat(new FairnessTerm(gate, 2).loss(pass).getFloat()).isCloseTo(2 * -0.67330f, NEAR);
    }

    @Test
    void shouldHoldBackFromLabelsWhenAnswersWereOthersBefore() {
        // p = (0.25, 0.75). t = 0.3 p: <t, p> = 0.3 * 0.625 = 0.1875, 3 ln(1 - 0.1875) = -0.62292. The second time
        // t = 0.51 p: 3 ln(1 - 0.31875) = -1.15153.
        EarlyLearningTerm term = new EarlyLearningTerm(3, 5, 2);
        StudentPass pass = pass(new float[][] {row(1, 0)}, row(1), row(0, LN3), row(5, 0));

        assertThat(term.loss(pass).getFloat()).isCloseTo(-0.62292f, within(1e-3f));
        assertThat(term.loss(pass).getFloat()).isCloseTo(-1.15153f, within(1e-3f));
    }

    @Test
    void shouldLinkLikePseudoLabelsWhenCoMatchContrasts() {
        assertThat(GraphContrastiveTerm.graph(new float[][] {row(1, 0), row(0.9f, 0.1f), row(0, 1)})[0])
                .containsExactly(new float[] {1 / 1.9f, 0.9f / 1.9f, 0}, NEAR);

        // Both views of each sample embed alike, and unlike the other: log softmax(5, 0) = -0.0067153, weight 0.5.
        float[][] targets = {row(1, 0), row(0, 1)};
        StudentPass pass = pass(targets, row(0, 0), row(0, 0), row(0, 0), row(0, 0), row(0, 0), row(0, 0));
        StudentPass full = withHead(pass, row(1, 1), row(2, 0), row(0, 3), row(1, 0), row(0, 1));

        assertThat(new GraphContrastiveTerm().loss(full).getFloat()).isCloseTo(0.5f * 0.0067153f, within(1e-5f));
    }

    @Test
    void shouldKeepGradientsFiniteWhenAnEmbeddingIsZero() {
        NDArray flat = scope.create(new float[] {0, 0, 3, 4});

        NDArray gradient = Gradient.of(scope, flat, rows -> {
            NDArray unit = Embeddings.unit(rows.reshape(2, 2));
            return unit.matMul(unit.transpose()).div(0.001).logSoftmax(1).sum();
        });

        // With the plain length sqrt(0) in the divisor these are not numbers.
        for (float value : gradient.toFloatArray()) {
            assertThat(value).isFinite();
        }
        assertThat(Embeddings.unit(flat.reshape(2, 2)).toFloatArray())
                .containsExactly(new float[] {0, 0, 0.6f, 0.8f}, NEAR);
    }

    @Test
    void shouldCompareSimilaritiesWhenSimMatchLearns() {
        // Anchors (1, 0) and (0, 1), target (0.2, 0.8), the strong view lies on the first: log softmax(10, 0) =
        // (-0.0000454, -10.0000454), so 8.00005 times 0.5.
        SimilarityGate gate = new SimilarityGate(LearnSettingsTest.with(Map.of()), 2, 2);
        float[][] unlabeled = {row(0.2f, 0.8f), row(0.8f, 0.2f)};
        gate.decide(Seen.withHead(unlabeled, 2, row(1, 1), row(1, 1), row(5, 0), row(0, 5)));
        gate.decide(Seen.withHead(unlabeled, 2, row(1, 1), row(1, 1), row(5, 0), row(0, 5)));
        StudentPass pass = pass(new float[][] {row(1, 0)}, row(0), row(0, 0), row(0, 0));

        float loss = new InstanceSimilarityTerm(gate)
                .loss(withHead(pass, row(1, 1), row(4, 0)))
                .getFloat();

        assertThat(loss).isCloseTo(0.5f * 8.00005f, within(1e-3f));
    }

    @Test
    void shouldCompareAmongWhatIsLeftWhenShrinkMatchLearns() {
        // Left are classes 0 and 2 of (0.6, 0.35, 0.05): 0.6 / 0.65 = 0.92. Their logits 0 and ln 3: -ln 0.25 =
        // 1.386294. Nothing was accepted yet, so the share of certain samples must be brought up first.
        ShrinkingGate gate = new ShrinkingGate(new GateSettings(0.9f, 0.9f, 0, 1, 1));
        gate.decide(Seen.unlabeled(row(1, 0, 0)));
        gate.decide(Seen.unlabeled(row(0.6f, 0.35f, 0.05f))); // share 0.5, weight 0.3
        StudentPass pass = pass(new float[][] {row(1, 0, 0)}, row(0), row(0, 0, 0), row(0, 0, 0));

        float loss = new ShrunkSpaceTerm(gate)
                .loss(withHead(pass, row(0, 0, 0), row(0, 7, LN3)))
                .getFloat();

        assertThat(loss).isCloseTo(0.5f * 0.3f * 1.386294f, NEAR);
    }

    @Test
    void shouldLearnBothHeadsWhenIoMatchLearns() {
        // Binary, label 0, logits (0, ln 3): -ln 0.5 - ln(1 - 0.75) = 0.693147 + 1.386294. Open: target (0.98, 0.01,
        // 0.01), logits 0: ln 3 = 1.098612, weight 0.5 over two samples, of which the second is certainly unknown.
        OpenSetGate gate = new OpenSetGate(new GateSettings(0.9f, 0.9f, 0, 1, 1), 2);
        gate.decide(Seen.behindAnother(Seen.withHead(
                new float[][] {row(0.98f, 0.02f), row(0.02f, 0.98f)}, 1, row(30, 0), row(0, -30), row(0, 0))));
        StudentPass pass = pass(new float[][] {row(1, 0), row(0, 1)}, row(1, 0), row(0, 0), row(0, 0), row(0, 0));
        StudentPass full =
                withHead(withHead(pass, row(9, 9, 9), row(0, 0, 0), row(0, 0, 0)), row(0, LN3), row(5, 5), row(5, 5));

        assertThat(new OpenSetTerm(gate).loss(full).getFloat())
                .isCloseTo(0.693147f + 1.386294f + 0.5f * 1.098612f, NEAR);
    }

    @Test
    void shouldLearnFromLabelsAndDrawnSamplesWhenBalanced() {
        // Labeled row: -ln 0.25. One sample of each class, so both teach: -sum b ln softmax(0, 0) = ln 2, weight 0.5.
        BalancingGate gate = new BalancingGate(LearnSettingsTest.with(Map.of()), 2);
        gate.decide(
                Seen.withHead(new float[][] {row(0.5f, 0.5f), row(0.5f, 0.5f)}, 1, row(0, 30), row(30, 0), row(0, 0)));
        StudentPass pass = pass(new float[][] {row(1, 0), row(1, 0)}, row(0, 0), row(0, 0), row(0, 0), row(0, 0));

        float loss = new BalancedTerm(gate)
                .loss(withHead(pass, row(0, LN3), row(0, 0), row(0, 0)))
                .getFloat();

        assertThat(loss).isCloseTo(1.386294f + 0.5f * 0.693147f, NEAR);
    }

    @Test
    void shouldChangeAnswersMoreThanChanceWhenNoiseIsAdversarial() {
        NetworkConfig config = NetworkConfig.of(SampleShape.of(2, 24), 3, Architecture.RESNET7, 8);
        Network network = new Network(config, scope);
        float[] first = network.initialParameters(7);
        for (int i = 0; i < first.length; i++) {
            first[i] *= 1.5f; // an untrained head hardly answers at all
        }
        NDArray weights = scope.create(first);
        float[] rows = new float[9 * 48];
        Synthetic data = new Synthetic(SampleShape.of(2, 24));
        for (int i = 0; i < 9; i++) {
            System.arraycopy(data.sample(i).values(), 0, rows, i * 48, 48);
            for (int t = 24; t < 48; t++) {
                rows[i * 48 + t] *= 5; // the second channel comes in another unit
            }
        }
        float[][] answers = answers(network, weights, rows);
        StudentRows seen = new StudentRows(rows, answers, new float[9], 1, new int[] {0, 1, 2, 3, 4, 5, 6, 7});

        StudentRows worst = new AdversarialNoise(7).perturb(seen, network, weights, Seen.batch(5, 8, 1));

        float[] opposite = rows.clone();
        for (int row = 0; row < 9; row++) {
            double squares = 0;
            for (int i = row * 48; i < (row + 1) * 48; i++) {
                double unit = Channel.of(rows, i / 24 * 24, 24).deviation();
                double noise = (worst.samples()[i] - rows[i]) / unit;
                squares += noise * noise;
                opposite[i] += (float) (i % 2 == 0 ? 0.2 * unit : -0.2 * unit);
            }
            // 0.2 of a channel's deviation a value, labeled rows as they were.
            assertThat(Math.sqrt(squares / 48)).isCloseTo(row == 0 ? 0 : 0.2, within(1e-4));
        }
        assertThat(divergence(answers, answers(network, weights, worst.samples())))
                .isGreaterThan(2 * divergence(answers, answers(network, weights, opposite)));
    }

    private static float[][] answers(Network network, NDArray weights, float[] rows) {
        List<float[]> samples = new ArrayList<>();
        for (int i = 0; i < rows.length; i += 48) {
            samples.add(Arrays.copyOfRange(rows, i, i + 48));
        }
        return Probabilities.softmax(network.logits(weights, new InputBuffer(SampleShape.of(2, 24)), samples));
    }

    private static double divergence(float[][] from, float[][] to) {
        double sum = 0;
        for (int i = 1; i < from.length; i++) {
            for (int c = 0; c < from[i].length; c++) {
                sum += from[i][c] * Math.log(from[i][c] / to[i][c]);
            }
        }
        return sum;
    }
}
