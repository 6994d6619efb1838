package io.millrace.benchmarks.samples;

import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import java.util.List;

/**
 * Labeled samples of one shape: what a stream is made of, and what judges.
 *
 * @param shape of each sample
 * @param classes number of classes; labels count from 0
 * @param training shown by streams
 * @param test never in a stream
 */
public record SampleSet(SampleShape shape, int classes, List<Sample> training, List<Sample> test) {
    public SampleSet {
        training = List.copyOf(training);
        test = List.copyOf(test);
        if (training.isEmpty() || test.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected samples to learn from and to judge, got " + training.size() + " and " + test.size());
        }
    }
}
