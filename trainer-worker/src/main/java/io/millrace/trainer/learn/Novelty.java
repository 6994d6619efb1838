package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps out what lies further from every class than nearly all labeled frames did when they were new.
 *
 * <pre>
 *   refused when  d(f(weak(u))) &gt; percentile of d(f(weak(x))) over the last {@value #REMEMBERED} fresh labeled frames x
 * </pre>
 *
 * <p>{@code f} are the features of whoever predicts, {@code d} is {@link KnownFeatures#distance}. Labeled frames count as
 * they were before anything was learned from their label: those that are learned lie nearer. Until {@value #ENOUGH} of them
 * came, what is replayed stands in for them, which refuses too much rather than too little. The score of the classifier
 * itself is no help here: a student that has learned from unknown frames is sure of them.
 */
final class Novelty implements Refusal {
    static final int REMEMBERED = 200;
    static final int ENOUGH = 20;

    private final double percentile;
    private final KnownFeatures known;
    /** Distances of labeled frames when they were new, oldest first. */
    private final Deque<Float> fresh = new ArrayDeque<>();
    /** The same of replayed ones. */
    private final Deque<Float> replayed = new ArrayDeque<>();

    Novelty(double percentile, KnownFeatures known) {
        this.percentile = percentile;
        this.known = known;
    }

    @Override
    public String name() {
        return "novelty";
    }

    /** Replayed labeled samples, each seen as unlabeled ones are. @param features {@code [N][features]} */
    void replayed(int[] labels, float[][] features) {
        for (float[] row : features) {
            remember(replayed, known.distance(row));
        }
        known.add(labels, features);
    }

    /** Labeled samples that nothing was learned from yet. @param features {@code [N][features]} */
    void fresh(float[][] features) {
        for (float[] row : features) {
            remember(fresh, known.distance(row));
        }
    }

    private static void remember(Deque<Float> distances, float distance) {
        if (Float.isFinite(distance)) {
            distances.addLast(distance);
        }
        if (distances.size() > REMEMBERED) {
            distances.removeFirst();
        }
    }

    /** Distance from which on a sample is novel; not a number while nothing is known. */
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
            refused[i] = known.distance(features[i]) > threshold ? GateReason.NOVEL : null;
        }
        return refused;
    }

    @Override
    public List<Tensor> state() {
        List<Tensor> state = Tensor.prefixed("known.", known.state());
        state.add(Tensor.vector("fresh", array(fresh)));
        state.add(Tensor.vector("replayed", array(replayed)));
        return state;
    }

    private static float[] array(Deque<Float> distances) {
        float[] array = new float[distances.size()];
        int next = 0;
        for (float distance : distances) {
            array[next++] = distance;
        }
        return array;
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        NamedTensors ofKnown = new NamedTensors(named.takeAll("known."));
        known.restore(ofKnown);
        ofKnown.expectNoneLeft();
        refill(fresh, named.takeVector("fresh"));
        refill(replayed, named.takeVector("replayed"));
        named.expectNoneLeft();
    }

    private static void refill(Deque<Float> distances, float[] with) {
        distances.clear();
        for (float distance : with) {
            distances.addLast(distance);
        }
    }
}
