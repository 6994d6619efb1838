package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps out what is stranger than nearly all labeled frames were when they were new. Strange is what lies far from every
 * class for how near it lies to the stream as a whole.
 *
 * <pre>
 *   s(f) = d(f; classes of labeled frames) / d(f; all unlabeled frames as one class)
 *   refused when  s(f(weak(u))) &gt; percentile of s(f(weak(x))) over the last {@value #REMEMBERED} fresh labeled frames x
 * </pre>
 *
 * <p>{@code f} are the features of whoever predicts, {@code d} is {@link FeatureGaussians#distance}: a relative Mahalanobis
 * distance (Ren et al. 2021, "A simple fix to Mahalanobis distance for improving near-OOD detection"). Deviations: the
 * background is what comes without label, unknown frames included, so that where there are many of them it lies nearer to
 * them than the labeled ones do; and a quotient stands for the difference, because it told more of them. Labeled frames count as
 * they were before anything was learned from their label: those that are learned lie nearer. Until {@value #ENOUGH} of them
 * came, what is replayed stands in for them, which refuses too much rather than too little. The score of the classifier
 * itself is no help here: a student that has learned from unknown frames is sure of them.
 */
final class Novelty implements Refusal {
    static final int REMEMBERED = 200;
    static final int ENOUGH = 20;

    private final double percentile;
    private final FeatureGaussians known;
    private final FeatureGaussians all;
    /** Strangeness of labeled frames when they were new, oldest first. */
    private final Deque<Float> fresh = new ArrayDeque<>();
    /** The same of replayed ones. */
    private final Deque<Float> replayed = new ArrayDeque<>();

    Novelty(double percentile, int classes, int features) {
        this.percentile = percentile;
        this.known = new FeatureGaussians(classes, features);
        this.all = new FeatureGaussians(1, features);
    }

    @Override
    public String name() {
        return "novelty";
    }

    /** Replayed labeled samples, each seen as unlabeled ones are. @param features {@code [N][features]} */
    void replayed(int[] labels, float[][] features) {
        for (float[] row : features) {
            remember(replayed, strangeness(row));
        }
        known.add(labels, features);
    }

    /** Labeled samples that nothing was learned from yet. @param features {@code [N][features]} */
    void fresh(float[][] features) {
        for (float[] row : features) {
            remember(fresh, strangeness(row));
        }
    }

    /** Unlabeled samples. @param features {@code [N][features]} */
    void unlabeled(float[][] features) {
        all.add(new int[features.length], features);
    }

    /** At least 0, and not a number before labeled and unlabeled samples came. */
    private float strangeness(float[] features) {
        return known.distance(features) / all.distance(features);
    }

    private static void remember(Deque<Float> strangenesses, float strangeness) {
        if (Float.isFinite(strangeness)) {
            strangenesses.addLast(strangeness);
        }
        if (strangenesses.size() > REMEMBERED) {
            strangenesses.removeFirst();
        }
    }

    /** Strangeness from which on a sample is novel; not a number while nothing is known. */
    float threshold() {
        Deque<Float> from = fresh.size() < ENOUGH ? replayed : fresh;
        if (from.isEmpty()) {
            return Float.NaN;
        }
        List<Float> sorted = from.stream().sorted().toList();
        return sorted.get((int) Math.ceil(percentile * sorted.size()) - 1);
    }

    @Override
    public @Nullable GateReason[] refuse(Predictions seen, GateDecision decision) {
        @Nullable GateReason[] refused = new GateReason[seen.size()];
        float[][] features = seen.heads().get(seen.heads().size() - 1);
        float threshold = threshold();
        for (int i = 0; i < refused.length; i++) {
            refused[i] = strangeness(features[i]) > threshold ? GateReason.NOVEL : null;
        }
        unlabeled(features);
        return refused;
    }

    @Override
    public List<Tensor> state() {
        List<Tensor> state = Tensor.prefixed("known.", known.state());
        state.addAll(Tensor.prefixed("all.", all.state()));
        state.add(Tensor.vector("fresh", array(fresh)));
        state.add(Tensor.vector("replayed", array(replayed)));
        return state;
    }

    private static float[] array(Deque<Float> strangenesses) {
        float[] array = new float[strangenesses.size()];
        int next = 0;
        for (float strangeness : strangenesses) {
            array[next++] = strangeness;
        }
        return array;
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        restore(known, named.takeAll("known."));
        List<Tensor> ofAll = named.takeAll("all.");
        if (!ofAll.isEmpty()) { // else from before there was a background: distances of then do not compare
            restore(all, ofAll);
            refill(fresh, named.takeVector("fresh"));
            refill(replayed, named.takeVector("replayed"));
            named.expectNoneLeft();
        }
    }

    private static void restore(FeatureGaussians gaussians, List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        gaussians.restore(named);
        named.expectNoneLeft();
    }

    private static void refill(Deque<Float> strangenesses, float[] with) {
        strangenesses.clear();
        for (float strangeness : with) {
            strangenesses.addLast(strangeness);
        }
    }
}
