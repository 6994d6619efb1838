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
 * One pass over a {@link LabelingStream} with a labeler that labels by the plan of the stream, and answers what
 * {@link LabelRequests} ask for {@value #DELAY} frames after it was asked. By the classes of the trainer and without Kafka;
 * the labels of the start are there with frame 0.
 */
final class LabelingRun {
    /** From a frame, or from a request, to its label, in frames. */
    static final int DELAY = 1_000;

    private final TrainerSettings settings;
    private final LabelingStream stream;
    private final Learner learner;
    private final HoldoutRule holdoutRule;
    private final LabelRequests requests;
    private final LabeledBuffer labeled;
    private final UnlabeledBuffer unlabeled;
    private final Map<Long, List<Long>> answers = new HashMap<>();
    /** New labels since the last step of frames that nobody chose: what the gate goes by. */
    private final List<Sample> fairlyLabeled = new ArrayList<>();

    private int labels;
    private int askedAtRandom;
    private int chosen;

    /**
     * What came of a run.
     *
     * @param accuracy of the teacher at the end on the test images, percent
     * @param labels that were given, those of the start and of held-out frames included
     * @param askedAtRandom random requests
     * @param chosen other requests
     */
    record Result(double accuracy, int labels, int askedAtRandom, int chosen) {}

    private LabelingRun(TrainerSettings settings, LabelingStream stream, Learner learner) {
        this.settings = settings;
        this.stream = stream;
        this.learner = learner;
        this.holdoutRule = new HoldoutRule(settings.holdoutShare());
        this.requests = new LabelRequests(settings.requests(), settings.holdoutShare());
        this.labeled = new LabeledBuffer(settings.labeledCapacity(), Eviction.OLDEST_OF_LARGEST_CLASS);
        this.unlabeled = new UnlabeledBuffer(settings.unlabeledCapacity());
    }

    /** Learns from the first frame to the last, then scores. */
    static Result of(TrainerSettings settings, LabelingStream stream) {
        try (Compute compute =
                        Compute.open(settings.learn().device(), settings.learn().threads());
                Learner learner = new Learner(
                        compute,
                        settings.learn().network(LabelingStream.SHAPE, LabelingStream.CLASSES),
                        settings.learn())) {
            return new LabelingRun(settings, stream, learner).run();
        }
    }

    private Result run() {
        BatchAssembler assembler = new BatchAssembler(
                settings.learn().seed(),
                settings.learn().batchLabeled(),
                settings.learn().batchUnlabeled());
        long steps = Math.max(1, stream.length() / settings.framesPerStep());
        for (long step = 1; step <= steps; step++) {
            List<Sample> fresh = take((step - 1) * settings.framesPerStep());
            if (!fairlyLabeled.isEmpty()) {
                learner.score(List.copyOf(fairlyLabeled));
                fairlyLabeled.clear();
            }
            assembler.assemble(step, labeled, unlabeled, fresh).ifPresent(learner::step);
            unlabeled.addAll(fresh);
            requests.choose(unlabeled, labeled, learner::teacherOutlook, 1);
            for (LabelRequest request : requests.take(Instant.EPOCH)) {
                answerLater(request, step * settings.framesPerStep() + DELAY);
            }
        }
        return new Result(accuracy(), labels, askedAtRandom, chosen);
    }

    private List<Sample> take(long from) {
        List<Sample> fresh = new ArrayList<>();
        for (long sequence = from; sequence < from + settings.framesPerStep(); sequence++) {
            stream.labelsAt(sequence).forEach(this::label);
            for (long asked : answers.getOrDefault(sequence, List.of())) {
                label(new Due(asked, LabelAction.ASSIGN, stream.truth(asked)));
            }
            Sample frame = stream.frame(sequence);
            boolean heldOut = holdoutRule.holdsOut(frame.frameId());
            requests.see(frame, heldOut);
            if (!heldOut) {
                fresh.add(frame);
            }
        }
        return fresh;
    }

    private void answerLater(LabelRequest request, long at) {
        boolean random = request.getReason() == RequestReason.RANDOM;
        askedAtRandom += random ? 1 : 0;
        chosen += random ? 0 : 1;
        answers.computeIfAbsent(at, key -> new ArrayList<>()).add(stream.sequenceOf(request.getFrameId()));
    }

    private void label(Due due) {
        Sample frame = stream.frame(due.sequence());
        labels++;
        boolean wasChosen = requests.answered(frame.frameId());
        if (!holdoutRule.holdsOut(frame.frameId())) {
            Sample told = frame.labeled(due.classIndex());
            if (!wasChosen && !labeled.contains(frame.frameId())) {
                fairlyLabeled.add(told);
            }
            labeled.put(told);
        }
    }

    private double accuracy() {
        List<Sample> test = stream.test();
        float[][] logits =
                learner.teacherLogits(test.stream().map(Sample::values).toList());
        double[][] probabilities =
                Stream.of(logits).map(row -> Calibration.probabilities(row, 1)).toArray(double[][]::new);
        int[] truth = test.stream().mapToInt(Sample::label).toArray();
        return 100 * Evaluation.of(probabilities, truth, LabelingStream.CLASSES).accuracy();
    }
}
