package io.millrace.trainer.batch;

import java.util.List;

/**
 * What one step learns from.
 *
 * @param step the step, from 1: with the root seed it determines every random draw of the step
 * @param labeled B samples, each with a label
 * @param unlabeled µB samples without; the first {@code fresh} of them came with this step
 * @param fresh how many of the unlabeled samples are new
 */
public record TrainingBatch(long step, List<Sample> labeled, List<Sample> unlabeled, int fresh) {
    public TrainingBatch {
        labeled = List.copyOf(labeled);
        unlabeled = List.copyOf(unlabeled);
        if (labeled.isEmpty() || !(fresh >= 0 && fresh <= unlabeled.size())) {
            throw new IllegalArgumentException("expected labeled samples and at most " + unlabeled.size()
                    + " fresh ones, got " + labeled.size() + " and " + fresh);
        }
    }
}
