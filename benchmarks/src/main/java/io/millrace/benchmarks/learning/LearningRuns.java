package io.millrace.benchmarks.learning;

import io.millrace.benchmarks.learning.LearningRun.Examinations;
import io.millrace.benchmarks.learning.RunRow.Key;
import io.millrace.benchmarks.learning.RunRow.Origin;
import io.millrace.benchmarks.learning.RunRow.Subject;
import io.millrace.quickstart.watch.Numbers;
import io.millrace.trainer.TrainerSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes runs one after the other and keeps each as soon as it ends; those that are there already are passed over.
 *
 * @param table where runs are kept
 * @param protocol what they have in common, in words
 * @param examinations how teachers are examined
 * @param origin where they take place
 */
record LearningRuns(ResultsTable table, String protocol, Examinations examinations, Origin origin) {

    /** A run to be made, unless it is there. @param stream makes the stream of the run's seed */
    record Planned(Key key, Supplier<LearningStream> stream, Arm arm, TrainerSettings settings) {
        String text() {
            return key.stream() + " " + key.arm() + " seed " + key.seed();
        }
    }

    /** Makes the runs. @param err is told how far they are */
    void make(List<Planned> planned, PrintWriter err) throws IOException {
        List<Planned> open = new ArrayList<>();
        for (Planned run : planned) {
            Optional<RunRow> there = table.find(run.key());
            there.ifPresent(row ->
                    err.println(run.text() + ": passed over, made at " + row.at() + " by commit " + row.commit()));
            if (there.isEmpty()) {
                open.add(run);
            }
        }
        Progress progress = new Progress(err, System.console() != null, open.size(), InstantSource.system());
        for (Planned run : open) {
            progress.begin(run.text());
            RunRow row = made(run, progress);
            table.add(row);
            progress.end(Numbers.percent(row.end()) + " in the end, " + Numbers.percent(row.anytime()) + " anytime, "
                    + row.steps() + " steps, " + Numbers.decimal(row.cpuSeconds()) + " s of CPU time");
        }
    }

    private RunRow made(Planned run, Progress progress) {
        Arm arm = paced(run);
        LearningStream stream = run.stream().get();
        try (LearningRun learning = new LearningRun(stream, arm, run.settings(), examinations)) {
            RunResult result = learning.run(
                    point -> progress.advance((double) point.frames() / stream.length(), point.accuracy()));
            String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
            Origin here = new Origin(now, origin.commit(), origin.machine(), origin.command());
            Subject subject = new Subject(run.key(), arm, protocol, stream.length());
            return RunRow.of(here, subject, result);
        }
    }

    /**
     * Steps for an arm that keeps pace: as many as make its CPU time that of the other arm on the same stream with the same
     * seed, by what both took before, to two decimals.
     */
    private Arm paced(Planned run) {
        Optional<String> pace = Arm.paced(run.arm().name());
        if (pace.isEmpty()) {
            return run.arm();
        }
        RunRow other = finished(run.key(), pace.get());
        RunRow plain = finished(run.key(), Arm.unpaced(run.arm().name()));
        double steps = plain.stepsPerBatch() * other.cpuSeconds() / plain.cpuSeconds();
        return run.arm().taking(Math.max(0.01, Math.round(100 * steps) / 100.0));
    }

    private RunRow finished(Key key, String arm) {
        return table.find(new Key(key.stream(), arm, key.seed(), key.settings()))
                .orElseThrow(() -> new IllegalStateException("expected a run of " + arm + " before " + key.arm()));
    }
}
