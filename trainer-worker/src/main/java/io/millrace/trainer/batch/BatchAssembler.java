package io.millrace.trainer.batch;

import io.millrace.trainer.batch.Randomness.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes the batch of a step: labeled samples by replay, unlabeled ones fresh from the stream and by replay. */
public final class BatchAssembler {
    private final long seed;
    private final int labeledSize;
    private final int unlabeledSize;

    /**
     * @param seed root seed
     * @param labeledSize B
     * @param unlabeledSize µB, fresh ones included
     */
    public BatchAssembler(long seed, int labeledSize, int unlabeledSize) {
        this.seed = seed;
        this.labeledSize = labeledSize;
        this.unlabeledSize = unlabeledSize;
    }

    /**
     * The batch of a step, or nothing while there is no labeled sample.
     *
     * @param step the step, from 1
     * @param fresh samples that came with this step; at most µB of them take part
     */
    public Optional<TrainingBatch> assemble(
            long step, LabeledBuffer labeled, UnlabeledBuffer unlabeled, List<Sample> fresh) {
        List<Sample> replayed = labeled.draw(labeledSize, Randomness.at(seed, step, Purpose.LABELED_DRAW));
        if (replayed.isEmpty()) {
            return Optional.empty();
        }
        List<Sample> mixed = new ArrayList<>(fresh.subList(0, Math.min(fresh.size(), unlabeledSize)));
        int freshCount = mixed.size();
        mixed.addAll(unlabeled.draw(unlabeledSize - freshCount, Randomness.at(seed, step, Purpose.UNLABELED_DRAW)));
        return Optional.of(new TrainingBatch(step, replayed, mixed, freshCount));
    }
}
