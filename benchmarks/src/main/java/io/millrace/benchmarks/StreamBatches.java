package io.millrace.benchmarks;

import io.millrace.quickstart.feed.LabelPlan.Due;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.batch.BatchAssembler;
import io.millrace.trainer.batch.HoldoutRule;
import io.millrace.trainer.batch.LabeledBuffer;
import io.millrace.trainer.batch.LabeledBuffer.Eviction;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.batch.UnlabeledBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The batches that the training loop makes of a stream: labels first, then fresh frames, what is held out left out. One
 * difference: the first labels are there with frame 0, in the pipeline each waits for its frame. Begins anew when the
 * stream ends.
 */
final class StreamBatches {
    private final FashionStream stream;
    private final int framesPerStep;
    private final HoldoutRule holdoutRule;
    private final LabeledBuffer labeled;
    private final UnlabeledBuffer unlabeled;
    private final BatchAssembler assembler;
    private final List<Sample> arrived = new ArrayList<>();
    private long step;
    private long next;

    StreamBatches(FashionStream stream, TrainerSettings settings) {
        this.stream = stream;
        this.framesPerStep = settings.framesPerStep();
        this.holdoutRule = new HoldoutRule(settings.holdoutShare());
        this.labeled = new LabeledBuffer(settings.labeledCapacity(), Eviction.OLDEST_OF_LARGEST_CLASS);
        this.unlabeled = new UnlabeledBuffer(settings.unlabeledCapacity());
        this.assembler = new BatchAssembler(
                settings.learn().seed(),
                settings.learn().batchLabeled(),
                settings.learn().batchUnlabeled());
    }

    /** Labels that came with the last batch, new ones only: to be scored before that batch is learned. */
    List<Sample> arrived() {
        return List.copyOf(arrived);
    }

    /** The batch of the next frames; unlabeled samples carry their true label, which no step looks at. */
    TrainingBatch next() {
        List<Sample> fresh = new ArrayList<>();
        arrived.clear();
        for (int i = 0; i < framesPerStep; i++) {
            long sequence = next++ % stream.length();
            stream.labelsAt(sequence).forEach(this::take);
            Sample sample = stream.sample(sequence);
            if (!holdoutRule.holdsOut(sample.frameId())) {
                fresh.add(sample.labeled(stream.truth(sequence)));
            }
        }
        Optional<TrainingBatch> batch = assembler.assemble(step + 1, labeled, unlabeled, fresh);
        unlabeled.addAll(fresh);
        step++;
        return batch.orElseThrow(() -> new IllegalStateException("expected labels with frame 0, got none"));
    }

    /** Number of labels to learn from. */
    int labels() {
        return labeled.size();
    }

    private void take(Due due) {
        Sample sample = stream.sample(due.sequence());
        if (!holdoutRule.holdsOut(sample.frameId())) {
            if (!labeled.contains(sample.frameId())) {
                arrived.add(sample.labeled(due.classIndex()));
            }
            labeled.put(sample.labeled(due.classIndex())); // a correction replaces what stands there
        }
    }
}
