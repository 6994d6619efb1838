package io.millrace.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.evaluate.Calibration;
import io.millrace.trainer.evaluate.Evaluation;
import io.millrace.trainer.learn.Learner;
import io.millrace.trainer.learn.StepResult;
import io.millrace.trainer.model.Compute;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;

/**
 * The learner over a {@link FashionStream} once, without Kafka: what accuracy a method gives, and what it costs. The
 * score is the teacher's accuracy on the test images.
 *
 * @param settings of the trainer
 * @param stream what is learned
 * @param test what judges
 */
record FashionStreamTrial(TrainerSettings settings, FashionStream stream, List<Sample> test) {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /**
     * What came of one run.
     *
     * @param accuracy of the teacher at the end, percent
     * @param labels labels in use at the end
     * @param gateShare accepted of the unlabeled samples, over the last quarter
     * @param precision share of accepted pseudo-labels that were right, over the last quarter; NaN without any
     * @param cpuSeconds of the process while training
     */
    record Result(
            double accuracy,
            long steps,
            int labels,
            double gateShare,
            double precision,
            double cpuSeconds,
            Timings step) {}

    /** Trains from the first frame to the last, then scores. */
    Result run() {
        try (Compute compute =
                        Compute.open(settings.learn().device(), settings.learn().threads());
                Learner learner = new Learner(
                        compute,
                        settings.learn().network(FashionStream.SHAPE, FashionStream.CLASSES),
                        settings.learn())) {
            StreamBatches batches = new StreamBatches(stream, settings);
            long steps = Math.max(1, stream.length() / settings.framesPerStep());
            PseudoLabels pseudoLabels = new PseudoLabels();
            Timings timings = new Timings();
            long cpu = 0;
            for (long step = 1; step <= steps; step++) {
                TrainingBatch batch = batches.next();
                long cpuBefore = PROCESS.getProcessCpuTime();
                long before = System.nanoTime();
                learner.score(batches.arrived());
                StepResult result = learner.step(batch);
                timings.add(System.nanoTime() - before);
                cpu += PROCESS.getProcessCpuTime() - cpuBefore;
                if (step > steps - steps / 4) {
                    pseudoLabels.count(result, batch);
                }
            }
            double accuracy = accuracy(learner);
            return new Result(
                    accuracy,
                    steps,
                    batches.labels(),
                    pseudoLabels.share(),
                    pseudoLabels.precision(),
                    cpu / 1e9,
                    timings);
        }
    }

    private double accuracy(Learner learner) {
        float[][] logits =
                learner.teacherLogits(test.stream().map(Sample::values).toList());
        double[][] probabilities =
                Stream.of(logits).map(row -> Calibration.probabilities(row, 1)).toArray(double[][]::new);
        int[] labels = test.stream().mapToInt(Sample::label).toArray();
        return 100 * Evaluation.of(probabilities, labels, FashionStream.CLASSES).accuracy();
    }

    /** How many pseudo-labels there were, and how many of them were right. */
    private static final class PseudoLabels {
        private double asked;
        private double accepted;
        private double right;

        void count(StepResult result, TrainingBatch batch) {
            for (int i = 0; i < result.pseudoLabels().length; i++) {
                asked++;
                accepted += result.pseudoLabels()[i] >= 0 ? 1 : 0;
                right += result.pseudoLabels()[i] == batch.unlabeled().get(i).label() ? 1 : 0;
            }
        }

        double share() {
            return asked == 0 ? 0 : accepted / asked;
        }

        double precision() {
            return right / accepted;
        }
    }
}
