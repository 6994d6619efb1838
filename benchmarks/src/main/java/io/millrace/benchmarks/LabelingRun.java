package io.millrace.benchmarks;

import io.millrace.quickstart.feed.LabelPlan.Due;
import io.millrace.record.LabelAction;
import io.millrace.record.LabelRequest;
import io.millrace.record.RequestReason;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.batch.BatchAssembler;
import io.millrace.trainer.batch.HoldoutRule;
import io.millrace.trainer.batch.LabeledBuffer;
import io.millrace.trainer.batch.LabeledBuffer.Eviction;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.UnlabeledBuffer;
import io.millrace.trainer.evaluate.Calibration;
import io.millrace.trainer.evaluate.Evaluation;
import io.millrace.trainer.learn.Learner;
import io.millrace.trainer.model.Compute;
import io.millrace.trainer.request.LabelRequests;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One pass over a {@link FashionStream} with a labeler that either labels by its own plan or answers what
 * {@link LabelRequests} ask for, by the classes of the trainer and without Kafka. Whoever answers requests does so
 * {@value #DELAY} frames after they were made.
 *
 * @param settings of the trainer; a budget for requests makes the labeler answer them
 * @param stream frames, and the labels of the plan
 * @param test what judges
 */
record LabelingRun(TrainerSettings settings, FashionStream stream, List<Sample> test) {
    /** From a request to its label, in frames. */
    static final int DELAY = 1_000;

    /**
     * What came of it.
     *
     * @param accuracy of the teacher at the end on the test images, percent
     * @param labels that were given, those of the start and of held-out frames included
     * @param random how many of them answered random requests
     * @param chosen how many of them answered other requests
     * @param recalls share of right answers of each class, percent
     * @param classes labels to learn from, by class
     */
    record Result(double accuracy, int labels, int random, int chosen, List<Double> recalls, List<Long> classes) {}

    /** Learns from the first frame to the last, then scores. */
    Result run() {
        try (Compute compute =
                        Compute.open(settings.learn().device(), settings.learn().threads());
                Learner learner = new Learner(
                        compute,
                        settings.learn().network(FashionStream.SHAPE, FashionStream.CLASSES),
                        settings.learn())) {
            return new Course(learner).run();
        }
    }

    /** The run as it goes on. */
    private final class Course {
        private final Learner learner;
        private final HoldoutRule holdoutRule = new HoldoutRule(settings.holdoutShare());
        private final LabelRequests requests = new LabelRequests(settings.requests(), settings.holdoutShare());
        private final LabeledBuffer labeled =
                new LabeledBuffer(settings.labeledCapacity(), Eviction.OLDEST_OF_LARGEST_CLASS);
        private final UnlabeledBuffer unlabeled = new UnlabeledBuffer(settings.unlabeledCapacity());
        private final Map<Long, List<Long>> answers = new HashMap<>();
        private int labels;
        private int random;
        private int chosen;

        Course(Learner learner) {
            this.learner = learner;
        }

        Result run() {
            BatchAssembler assembler = new BatchAssembler(
                    settings.learn().seed(),
                    settings.learn().batchLabeled(),
                    settings.learn().batchUnlabeled());
            int framesPerStep = settings.framesPerStep();
            long steps = Math.max(1, stream.length() / framesPerStep);
            for (long step = 1; step <= steps; step++) {
                long end = step * framesPerStep;
                List<Sample> fresh = take(end - framesPerStep, end);
                assembler.assemble(step, labeled, unlabeled, fresh).ifPresent(learner::step);
                unlabeled.addAll(fresh);
                requests.choose(unlabeled, labeled, learner::teacherOutlook);
                requests.take(Instant.EPOCH).forEach(request -> answerLater(request, end));
            }
            return result();
        }

        private List<Sample> take(long from, long to) {
            List<Sample> fresh = new ArrayList<>();
            for (long sequence = from; sequence < to; sequence++) {
                stream.labelsAt(sequence).forEach(this::label);
                for (long asked : answers.getOrDefault(sequence, List.of())) {
                    label(new Due(asked, LabelAction.ASSIGN, stream.truth(asked)));
                }
                Sample sample = stream.sample(sequence);
                boolean heldOut = holdoutRule.holdsOut(sample.frameId());
                requests.see(sample, heldOut);
                if (!heldOut) {
                    fresh.add(sample);
                }
            }
            return fresh;
        }

        private void answerLater(LabelRequest request, long now) {
            random += request.getReason() == RequestReason.RANDOM ? 1 : 0;
            chosen += request.getReason() == RequestReason.RANDOM ? 0 : 1;
            answers.computeIfAbsent(now + DELAY, at -> new ArrayList<>()).add(stream.sequenceOf(request.getFrameId()));
        }

        private void label(Due due) {
            Sample sample = stream.sample(due.sequence());
            labels += due.action() == LabelAction.ASSIGN ? 1 : 0;
            requests.answered(sample.frameId());
            if (!holdoutRule.holdsOut(sample.frameId())) {
                labeled.put(sample.labeled(due.classIndex()));
            }
        }

        private Result result() {
            float[][] logits =
                    learner.teacherLogits(test.stream().map(Sample::values).toList());
            double[][] probabilities = Stream.of(logits)
                    .map(row -> Calibration.probabilities(row, 1))
                    .toArray(double[][]::new);
            int[] truth = test.stream().mapToInt(Sample::label).toArray();
            Evaluation scored = Evaluation.of(probabilities, truth, FashionStream.CLASSES);
            Long[] classes = new Long[FashionStream.CLASSES];
            for (int c = 0; c < classes.length; c++) {
                int label = c;
                classes[c] = labeled.samples().stream()
                        .filter(sample -> sample.label() == label)
                        .count();
            }
            List<Double> recalls =
                    scored.recalls().stream().map(recall -> 100 * recall).toList();
            return new Result(100 * scored.accuracy(), labels, random, chosen, recalls, List.of(classes));
        }
    }
}
