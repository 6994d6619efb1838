package io.millrace.benchmarks.learning;

import io.millrace.trainer.batch.Sample;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Labeled samples of one domain that never enter a stream. They are made when they are asked for.
 *
 * @param name of the domain, without spaces
 * @param size number of samples, at least 1
 * @param samples gives the sample of an index
 */
public record TestSet(String name, int size, IntFunction<Sample> samples) {
    public TestSet {
        if (!(size >= 1)) {
            throw new IllegalArgumentException("expected test samples for " + name + ", got none");
        }
    }

    /** So many samples, chosen at random but always the same ones; all of them when it has no more. */
    public List<Sample> part(int count) {
        int[] chosen = new SplittableRandom(size)
                .ints(0, size)
                .distinct()
                .limit(Math.min(count, size))
                .toArray();
        return IntStream.of(chosen).mapToObj(samples).toList();
    }

    /** All samples, in their order. */
    public List<Sample> all() {
        return IntStream.range(0, size).mapToObj(samples).toList();
    }
}
