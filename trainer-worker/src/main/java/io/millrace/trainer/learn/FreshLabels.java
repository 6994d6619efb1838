package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What labels say when they are new, before anything was learned from them: how common each class is, and how often the
 * teacher is right. Gate and curriculum go by these numbers. Corrections of labels are not counted.
 *
 * <p>Shares of classes are smoothed by one label more of each class (Laplace), so none is 0.
 */
final class FreshLabels implements Stateful {
    /** With fewer recent labels than this there is no prior. */
    static final int ENOUGH = 200;

    private static final double SCORED_HALF_LIFE = 200;
    private static final double NORMAL_95 = 1.645;
    /** Floats hold every whole number up to here. */
    private static final float MOST = 1 << 24;

    private final double halfLifeFrames;
    /** Labels of each class since the first. */
    private final float[] all;
    /** The same, forgotten as frames pass. */
    private final float[] recent;
    /** Those that a trained teacher was asked first, forgotten as labels pass. */
    private final float[] scored;
    /** How many of the scored it got right. */
    private float right;

    /** @param halfLifeFrames frames after which half of the recent labels are forgotten */
    FreshLabels(double halfLifeFrames, int classes) {
        this.halfLifeFrames = halfLifeFrames;
        this.all = new float[classes];
        this.recent = new float[classes];
        this.scored = new float[classes];
    }

    /** A label, of a frame that nobody was asked about. */
    void add(int label) {
        all[label] = Math.min(all[label] + 1, MOST);
        recent[label]++;
    }

    /** A label, and whether the teacher had said the same. */
    void add(int label, boolean wasRight) {
        add(label);
        float kept = (float) Math.pow(0.5, 1 / SCORED_HALF_LIFE);
        for (int c = 0; c < scored.length; c++) {
            scored[c] *= kept;
        }
        scored[label]++;
        right = kept * right + (wasRight ? 1 : 0);
    }

    /** So many frames have passed. */
    void passed(int frames) {
        float kept = (float) Math.pow(0.5, frames / halfLifeFrames);
        for (int c = 0; c < recent.length; c++) {
            recent[c] *= kept;
        }
    }

    /** True before the first label. */
    boolean isEmpty() {
        return sum(all) == 0;
    }

    /** True when each class that has labels has so many. */
    boolean haveOfEachClass(int count) {
        for (float ofClass : all) {
            if (ofClass > 0 && ofClass < count) {
                return false;
            }
        }
        return true;
    }

    /** Share of each class among recent labels, each above 0, or null while they are fewer than {@value #ENOUGH}. */
    float @Nullable [] prior() {
        float count = sum(recent);
        if (count < ENOUGH) {
            return null;
        }
        float[] shares = new float[recent.length];
        for (int c = 0; c < shares.length; c++) {
            shares[c] = (recent[c] + 1) / (count + shares.length);
        }
        return shares;
    }

    /** Share of the most common class among the scored labels. */
    double majority() {
        return (Probabilities.max(scored) + 1.0) / (sum(scored) + scored.length);
    }

    /** One-sided 95 % lower bound of the teacher's accuracy on labels that it did not know (Wilson 1927); 0 without any. */
    double accuracyBound() {
        double n = sum(scored);
        if (n == 0) {
            return 0;
        }
        double share = Math.min(1, right / n);
        double z2 = NORMAL_95 * NORMAL_95;
        double middle = share + z2 / (2 * n);
        double half = NORMAL_95 * Math.sqrt(share * (1 - share) / n + z2 / (4 * n * n));
        return Math.max(0, (middle - half) / (1 + z2 / n));
    }

    private static float sum(float[] values) {
        float sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum;
    }

    @Override
    public List<Tensor> state() {
        return List.of(
                Tensor.vector("all", all.clone()),
                Tensor.vector("recent", recent.clone()),
                Tensor.vector("scored", scored.clone()),
                Tensor.vector("right", right));
    }

    @Override
    public void restore(List<Tensor> state) {
        NamedTensors named = new NamedTensors(state);
        take(named, "all", all);
        take(named, "recent", recent);
        take(named, "scored", scored);
        right = named.take("right", List.of(1))[0];
        named.expectNoneLeft();
    }

    private static void take(NamedTensors named, String name, float[] counts) {
        System.arraycopy(named.take(name, List.of(counts.length)), 0, counts, 0, counts.length);
    }
}
