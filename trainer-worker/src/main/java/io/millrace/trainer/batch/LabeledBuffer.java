package io.millrace.trainer.batch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Labeled samples: bounded, corrected and emptied by later labels, and drawn class by class so that a rare class counts
 * as much as a common one.
 */
public final class LabeledBuffer {
    /** Which sample makes room in a full buffer. */
    public enum Eviction {
        /** The oldest, so that the mix of classes stays that of the stream: for a holdout. */
        OLDEST,
        /** The oldest of the largest class, so that rare classes stay: for replay. */
        OLDEST_OF_LARGEST_CLASS
    }

    private final int capacity;
    private final Eviction eviction;
    /** By frame id, oldest first. */
    private final Map<String, Sample> samples = new LinkedHashMap<>();

    /** @param capacity most samples kept, at least 1 */
    public LabeledBuffer(int capacity, Eviction eviction) {
        this.capacity = capacity;
        this.eviction = eviction;
    }

    /** Adds a sample, or replaces the one with the same frame id where it stands. */
    public void put(Sample sample) {
        samples.put(sample.frameId(), sample);
        if (samples.size() > capacity) {
            samples.remove(
                    eviction == Eviction.OLDEST ? samples.keySet().iterator().next() : oldestOfLargestClass());
        }
    }

    /** Gives a kept sample another label. */
    public void relabel(String frameId, int label) {
        samples.computeIfPresent(frameId, (id, sample) -> sample.labeled(label));
    }

    /** Forgets a sample, if it is kept. */
    public void remove(String frameId) {
        samples.remove(frameId);
    }

    /** True when the frame is kept. */
    public boolean contains(String frameId) {
        return samples.containsKey(frameId);
    }

    /** How many are kept. */
    public int size() {
        return samples.size();
    }

    /** All samples, oldest first. */
    public List<Sample> samples() {
        return List.copyOf(samples.values());
    }

    /** Draws {@code count} samples with replacement: classes in turn from a random start, at random within a class. */
    public List<Sample> draw(int count, RandomGenerator random) {
        Map<Integer, List<Sample>> byClass = new TreeMap<>();
        for (Sample sample : samples.values()) {
            byClass.computeIfAbsent(sample.label(), label -> new ArrayList<>()).add(sample);
        }
        List<List<Sample>> classes = List.copyOf(byClass.values());
        List<Sample> drawn = new ArrayList<>(count);
        int first = classes.isEmpty() ? 0 : random.nextInt(classes.size());
        for (int i = 0; i < count && !classes.isEmpty(); i++) {
            List<Sample> ofClass = classes.get((first + i) % classes.size());
            drawn.add(ofClass.get(random.nextInt(ofClass.size())));
        }
        return drawn;
    }

    private String oldestOfLargestClass() {
        Map<Integer, Integer> sizes = new TreeMap<>();
        samples.values().forEach(sample -> sizes.merge(sample.label(), 1, Integer::sum));
        int largest = sizes.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
        return samples.values().stream()
                .filter(sample -> sample.label() == largest)
                .findFirst()
                .orElseThrow()
                .frameId();
    }
}
