package io.millrace.trainer.batch;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Labeled samples: bounded, corrected and emptied by later labels, and drawn class by class so that a rare class counts
 * as much as a common one. After a drift the samples since then are favoured: half of the draws of a class are from them
 * for as long as they are less than half of it.
 */
public final class LabeledBuffer {
    /** Which sample makes room in a full buffer. */
    public enum Eviction {
        /** The oldest, so that the mix of classes stays that of the stream: for a holdout. */
        OLDEST,
        /** The oldest of the largest class, so that rare classes stay: for replay. */
        OLDEST_OF_LARGEST_CLASS
    }

    /** The samples of a class, the oldest of either kind first. */
    private record OfClass(List<Sample> favoured, List<Sample> others) {
        Sample draw(RandomGenerator random) {
            if (!favoured.isEmpty() && favoured.size() < others.size()) {
                List<Sample> from = random.nextBoolean() ? others : favoured;
                return from.get(random.nextInt(from.size()));
            }
            int next = random.nextInt(others.size() + favoured.size());
            return next < others.size() ? others.get(next) : favoured.get(next - others.size());
        }
    }

    private final int capacity;
    private final Eviction eviction;
    /** By frame id, oldest first. */
    private final Map<String, Sample> samples = new LinkedHashMap<>();
    /** Ids of the samples since the last drift, once there was one. */
    private final Set<String> favoured = new HashSet<>();

    private boolean favours;

    /** @param capacity most samples kept, at least 1 */
    public LabeledBuffer(int capacity, Eviction eviction) {
        this.capacity = capacity;
        this.eviction = eviction;
    }

    /** Adds a sample, or replaces the one with the same frame id where it stands. */
    public void put(Sample sample) {
        boolean added = samples.put(sample.frameId(), sample) == null;
        if (favours && added) {
            favoured.add(sample.frameId());
        }
        if (samples.size() > capacity) {
            remove(eviction == Eviction.OLDEST ? samples.keySet().iterator().next() : oldestOfLargestClass());
        }
    }

    /** Favours the latest so many samples and all that come, instead of those that were favoured before. */
    public void favourLatest(int count) {
        favours = true;
        favoured.clear();
        samples.keySet().stream().skip(Math.max(0, samples.size() - count)).forEach(favoured::add);
    }

    /** How many samples are favoured, from the latest backwards; nothing when none ever were. */
    public OptionalInt favoured() {
        return favours ? OptionalInt.of(favoured.size()) : OptionalInt.empty();
    }

    /** Gives a kept sample another label. */
    public void relabel(String frameId, int label) {
        samples.computeIfPresent(frameId, (id, sample) -> sample.labeled(label));
    }

    /** Forgets a sample, if it is kept. */
    public void remove(String frameId) {
        samples.remove(frameId);
        favoured.remove(frameId);
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

    /**
     * Draws {@code count} samples with replacement: classes in turn from a random start, at random within a class; of a
     * class with some favoured samples, but fewer than others, one of either kind every other time.
     */
    public List<Sample> draw(int count, RandomGenerator random) {
        List<OfClass> classes = List.copyOf(byClass().values());
        List<Sample> drawn = new ArrayList<>(count);
        int first = classes.isEmpty() ? 0 : random.nextInt(classes.size());
        for (int i = 0; i < count && !classes.isEmpty(); i++) {
            drawn.add(classes.get((first + i) % classes.size()).draw(random));
        }
        return drawn;
    }

    private Map<Integer, OfClass> byClass() {
        Map<Integer, OfClass> byClass = new TreeMap<>();
        for (Sample sample : samples.values()) {
            OfClass kept =
                    byClass.computeIfAbsent(sample.label(), label -> new OfClass(new ArrayList<>(), new ArrayList<>()));
            (favoured.contains(sample.frameId()) ? kept.favoured() : kept.others()).add(sample);
        }
        return byClass;
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
