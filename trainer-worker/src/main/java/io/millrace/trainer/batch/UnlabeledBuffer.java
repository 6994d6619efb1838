package io.millrace.trainer.batch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The latest unlabeled samples, drawn again beside the fresh ones so that each frame teaches more than once. A draw costs
 * the same however many are kept.
 */
public final class UnlabeledBuffer {
    private final int capacity;
    /** A ring once it is full: the oldest is at {@link #oldest}, its elders were overwritten. */
    private final List<Sample> samples = new ArrayList<>();

    private int oldest;

    /** @param capacity most samples kept */
    public UnlabeledBuffer(int capacity) {
        this.capacity = capacity;
    }

    /** Adds samples; the oldest make room. */
    public void addAll(Collection<Sample> fresh) {
        for (Sample sample : fresh) {
            if (samples.size() < capacity) {
                samples.add(sample);
            } else {
                samples.set(oldest, sample);
                oldest = (oldest + 1) % capacity;
            }
        }
    }

    /** Forgets all samples but the latest. */
    public void keepLatest(int count) {
        List<Sample> inOrder = samples();
        samples.clear();
        oldest = 0;
        samples.addAll(inOrder.subList(Math.max(0, inOrder.size() - count), inOrder.size()));
    }

    /** How many samples it holds. */
    public int size() {
        return samples.size();
    }

    /** All samples, oldest first. */
    public List<Sample> samples() {
        List<Sample> inOrder = new ArrayList<>(samples.size());
        for (int age = 0; age < samples.size(); age++) {
            inOrder.add(byAge(age));
        }
        return List.copyOf(inOrder);
    }

    /** The latest samples, at most {@code count}, oldest first. */
    public List<Sample> latest(int count) {
        List<Sample> inOrder = new ArrayList<>();
        for (int age = Math.max(0, samples.size() - count); age < samples.size(); age++) {
            inOrder.add(byAge(age));
        }
        return inOrder;
    }

    /** Draws {@code count} samples with replacement; none when the buffer is empty. */
    public List<Sample> draw(int count, RandomGenerator random) {
        List<Sample> drawn = new ArrayList<>(count);
        for (int i = 0; i < count && !samples.isEmpty(); i++) {
            drawn.add(byAge(random.nextInt(samples.size())));
        }
        return drawn;
    }

    /** @param age 0 for the oldest */
    private Sample byAge(int age) {
        return samples.get((oldest + age) % samples.size());
    }
}
