package io.millrace.trainer.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/** The latest unlabeled samples, drawn again beside the fresh ones so that each frame teaches more than once. */
public final class UnlabeledBuffer {
    private final int capacity;
    private final Deque<Sample> samples = new ArrayDeque<>();

    /** @param capacity most samples kept */
    public UnlabeledBuffer(int capacity) {
        this.capacity = capacity;
    }

    /** Adds samples; the oldest make room. */
    public void addAll(Collection<Sample> fresh) {
        samples.addAll(fresh);
        while (samples.size() > capacity) {
            samples.removeFirst();
        }
    }

    /** How many samples it holds. */
    public int size() {
        return samples.size();
    }

    /** All samples, oldest first. */
    public List<Sample> samples() {
        return List.copyOf(samples);
    }

    /** Draws {@code count} samples with replacement; none when the buffer is empty. */
    public List<Sample> draw(int count, RandomGenerator random) {
        List<Sample> drawn = new ArrayList<>(count);
        Sample[] all = samples.toArray(Sample[]::new);
        for (int i = 0; i < count && all.length > 0; i++) {
            drawn.add(all[random.nextInt(all.length)]);
        }
        return drawn;
    }
}
