package io.millrace.trainer.learn;

import io.millrace.trainer.model.NamedTensors;
import io.millrace.trainer.model.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Mean of vectors that forgets by half-life and starts as a plain mean, so that its first value is forgotten at once:
 * {@code mean <- m mean + (1 - m) seen}, {@code m = min(1 - 1/t, 0.5^(1/halfLife))}.
 */
final class RunningMean {
    /** Floats hold every whole number up to here; past it the warm-up is long over. */
    private static final int MAX_UPDATES = 1 << 24;

    private final String name;
    private final double halfLifeSteps;
    private final float[] values;
    private int updates;

    /**
     * @param name of its tensor
     * @param halfLifeSteps updates after which half of the past is forgotten
     * @param initial values before the first update
     */
    RunningMean(String name, double halfLifeSteps, float... initial) {
        this.name = name;
        this.halfLifeSteps = halfLifeSteps;
        this.values = initial.clone();
    }

    /** A mean of distributions that starts uniform. */
    static RunningMean uniform(String name, double halfLifeSteps, int classes) {
        float[] initial = new float[classes];
        Arrays.fill(initial, 1f / classes);
        return new RunningMean(name, halfLifeSteps, initial);
    }

    void add(double... seen) {
        updates = Math.min(updates + 1, MAX_UPDATES);
        double kept = Math.min(1 - 1.0 / updates, Math.pow(0.5, 1 / halfLifeSteps));
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (kept * values[i] + (1 - kept) * seen[i]);
        }
    }

    float at(int index) {
        return values[index];
    }

    /** The mean itself; not to be changed. */
    float[] values() {
        return values;
    }

    /** Values, then the number of updates. */
    Tensor tensor() {
        float[] state = Arrays.copyOf(values, values.length + 1);
        state[values.length] = updates;
        return Tensor.vector(name, state);
    }

    void restore(NamedTensors named) {
        float[] state = named.take(name, List.of(values.length + 1));
        System.arraycopy(state, 0, values, 0, values.length);
        updates = (int) state[values.length];
    }
}
