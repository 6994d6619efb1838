package io.millrace.trainer;

import io.millrace.trainer.batch.LabeledBuffer;
import io.millrace.trainer.batch.LabeledBuffer.Eviction;
import io.millrace.trainer.batch.UnlabeledBuffer;

/**
 * The samples a trainer keeps in mind.
 *
 * @param labeled replayed with their labels
 * @param unlabeled replayed without
 * @param holdout never trained
 */
record Memory(LabeledBuffer labeled, UnlabeledBuffer unlabeled, LabeledBuffer holdout) {
    static Memory of(TrainerSettings settings) {
        return new Memory(
                new LabeledBuffer(settings.labeledCapacity(), Eviction.OLDEST_OF_LARGEST_CLASS),
                new UnlabeledBuffer(settings.unlabeledCapacity()),
                new LabeledBuffer(settings.holdoutCapacity(), Eviction.OLDEST));
    }
}
