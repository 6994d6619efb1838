package io.millrace.benchmarks;

import io.millrace.benchmarks.learning.Arm.Learns;
import io.millrace.benchmarks.learning.FashionStreams;
import io.millrace.benchmarks.learning.LearningStream;
import io.millrace.benchmarks.learning.StreamIntake;
import io.millrace.benchmarks.learning.StreamName;
import io.millrace.quickstart.data.FashionData;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.batch.Sample;
import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.learn.Learner;
import io.millrace.trainer.learn.StepResult;
import io.millrace.trainer.model.Compute;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Cost of one training step, by method and by part. Methods take turns, some steps each, so that whatever else the
 * machine does hits all of them alike; the ratios are what to look at.
 */
@Command(name = "step", description = "Cost of one training step, by method side by side and by part.")
final class StepBenchmark implements Callable<Integer> {
    private static final List<String> METHODS = List.of("supervised", "fixmatch", "adamatch");
    private static final int STEPS_A_TURN = 5;
    private static final long SEED = 7;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    BenchmarkOptions options = new BenchmarkOptions();

    @Option(names = "--warm-up", description = "Steps of each method before (default: 300; quick: 220).")
    @Nullable
    Integer warmUp;

    @Option(names = "--turns", description = "Turns of each method and part (default: 40; quick: 10).")
    @Nullable
    Integer turns;

    /** One method in its course. */
    private static final class Run implements AutoCloseable {
        private final TrainerSettings settings;
        private final Learner learner;
        private final StreamIntake intake;
        private long step;
        private final Timings timings = new Timings();
        private double accepted;

        Run(Compute compute, TrainerSettings settings, LearningStream stream) {
            this.settings = settings;
            this.learner =
                    new Learner(compute, settings.learn().network(stream.shape(), stream.classes()), settings.learn());
            this.intake = new StreamIntake(stream, Learns.FROM_STREAM, settings);
        }

        TrainingBatch nextBatch() {
            List<Sample> fresh = intake.take(settings.framesPerStep()).fresh();
            step++;
            TrainingBatch batch = intake.batch(step, fresh)
                    .orElseThrow(() -> new IllegalStateException("expected labels with frame 0, got none"));
            intake.keep(fresh);
            return batch;
        }

        void warmUp(int steps) {
            for (int i = 0; i < steps; i++) {
                learner.step(nextBatch());
            }
        }

        void turn() {
            for (int i = 0; i < STEPS_A_TURN; i++) {
                TrainingBatch batch = nextBatch();
                long before = System.nanoTime();
                StepResult result = learner.step(batch);
                timings.add(System.nanoTime() - before);
                for (int pseudoLabel : result.pseudoLabels()) {
                    accepted += pseudoLabel >= 0 ? 1 : 0;
                }
            }
        }

        double acceptedPerStep() {
            return accepted / timings.count();
        }

        @Override
        public void close() {
            learner.close();
        }
    }

    @Override
    public Integer call() throws IOException {
        Report report = new Report("step", Instant.now());
        FashionData data = FashionData.bundled();
        List<Run> runs = new ArrayList<>();
        TrainerSettings common = options.trainer(Map.of());
        try (Compute compute =
                Compute.open(common.learn().device(), common.learn().threads())) {
            for (String method : METHODS) {
                TrainerSettings settings = options.trainer(Map.of("trainer.method", method));
                int batches = options.or(warmUp, 220, 300) + STEPS_A_TURN * options.or(turns, 10, 40) + 1;
                FashionStreams streams = FashionStreams.usual(data, batches * settings.framesPerStep());
                runs.add(new Run(compute, settings, streams.stream(StreamName.S0, options.seedOr(SEED))));
            }
            measureMethods(runs, report);
            Run last = runs.get(runs.size() - 1);
            int accepted = (int) Math.round(last.acceptedPerStep());
            try (StepParts parts = new StepParts(compute, last.settings.learn(), last.nextBatch(), accepted)) {
                measureParts(parts, report);
            }
            runs.forEach(Run::close);
        }
        options.publish(report, spec.commandLine().getOut());
        return 0;
    }

    private void measureMethods(List<Run> runs, Report report) {
        runs.forEach(run -> run.warmUp(options.or(warmUp, 220, 300)));
        for (int turn = 0; turn < options.or(turns, 10, 40); turn++) {
            runs.forEach(Run::turn);
        }
        double reference = runs.get(0).timings.median();
        for (int i = 0; i < runs.size(); i++) {
            Run run = runs.get(i);
            String method = METHODS.get(i);
            report.add(method + ".step.median.ms", run.timings.median());
            report.add(method + ".step.p90.ms", run.timings.quantile(0.9));
            report.add(method + ".step.to.supervised.ratio", run.timings.median() / reference);
            report.add(method + ".accepted.per.step", run.acceptedPerStep());
        }
    }

    private void measureParts(StepParts parts, Report report) {
        for (int turn = 0; turn < options.or(turns, 10, 40); turn++) {
            parts.turn();
        }
        Map<String, Double> medians = parts.medians();
        double whole = medians.entrySet().stream()
                .filter(part -> !part.getKey().equals(StepParts.STUDENT_FORWARD))
                .mapToDouble(Map.Entry::getValue)
                .sum();
        medians.forEach((part, median) -> {
            report.add("part." + part + ".median.ms", median);
            report.add("part." + part + ".share", median / whole);
        });
    }
}
