package io.millrace.quickstart;

import io.millrace.quickstart.broker.EmbeddedBroker;
import io.millrace.quickstart.broker.TopicSetup;
import io.millrace.quickstart.feed.FrameFeed;
import io.millrace.quickstart.feed.Labeler;
import io.millrace.quickstart.report.Plots;
import io.millrace.quickstart.report.RunFacts;
import io.millrace.quickstart.report.RunFacts.Test;
import io.millrace.quickstart.report.RunSummary;
import io.millrace.quickstart.report.SummaryTable;
import io.millrace.quickstart.report.TestAccuracy;
import io.millrace.quickstart.watch.LiveView;
import io.millrace.quickstart.watch.LiveView.Subject;
import io.millrace.quickstart.watch.PipelineWatcher;
import io.millrace.quickstart.watch.RunSnapshot;
import io.millrace.runtime.Endpoint;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.command.CommandRun;
import io.millrace.runtime.loop.Background;
import io.millrace.stream.StreamApp;
import io.millrace.trainer.TrainerWorker;
import io.millrace.trainer.model.Compute;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * One process with everything in it. Ends when the stream is exhausted and everything in it has come to its end: each
 * frame accepted or refused, each accepted frame predicted, each label joined or refused, the trainer drained.
 */
final class DemoRun {
    private static final long A_MOMENT = 100;
    private static final int PARTITIONS = 4;

    private final DemoPlan asked;
    private final PrintWriter out;
    private final InstantSource clock = InstantSource.system();
    private final Instant startedAt =
            Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());

    /** What runs. */
    private record Parts(
            FrameFeed feed, Labeler labeler, PipelineWatcher watcher, TrainerWorker trainer, Background view) {}

    DemoRun(DemoPlan asked, PrintWriter out) {
        this.asked = asked;
        this.out = out;
    }

    int run() throws Exception {
        try (CommandRun process = new CommandRun()) {
            // The tensor engine takes as long to load as the broker to start: side by side.
            CompletableFuture<Compute> loading = CompletableFuture.supplyAsync(() -> Compute.open(
                    asked.trainer().learn().device(), asked.trainer().learn().threads()));
            DemoPlan plan = onBroker(process);
            Compute compute = process.lifecycle().add(loading.get());
            Parts parts = start(process, plan);
            boolean complete = awaitEnd(process, parts);
            parts.view().close();
            RunSnapshot run = parts.watcher().statistics().snapshot();
            Test test = complete ? test(plan, compute, run) : null;
            report(plan, run, complete, test);
            process.throwIfFailed();
            return 0;
        }
    }

    private DemoPlan onBroker(CommandRun process) throws IOException, InterruptedException {
        DemoPlan plan = asked;
        if (asked.port() != null) {
            Path directory = asked.directory().resolve("broker");
            EmbeddedBroker broker = process.lifecycle().add(EmbeddedBroker.start(directory, asked.port()));
            plan = asked.on(broker.bootstrapServers());
        }
        try (Admin admin = Admin.create(new HashMap<>(plan.pipeline().kafka()))) {
            new TopicSetup(plan.pipeline().topics(), PARTITIONS, 1).createOn(admin);
        }
        return plan;
    }

    private Parts start(CommandRun process, DemoPlan plan) throws IOException, InterruptedException {
        PipelineSettings pipeline = plan.pipeline();
        Endpoint endpoint = process.endpoint(pipeline);
        PipelineWatcher watcher = new PipelineWatcher(pipeline);
        process.start(watcher, "watcher");
        StreamApp stream = process.lifecycle()
                .add(new StreamApp(
                        pipeline,
                        plan.stream(),
                        endpoint,
                        failure -> process.lifecycle().fail("stream", failure)));
        stream.start();
        TrainerWorker trainer = process.lifecycle()
                .add(new TrainerWorker(
                        pipeline,
                        plan.trainer(),
                        endpoint,
                        failure -> process.lifecycle().fail("trainer", failure)));
        trainer.start();
        Labeler labeler = new Labeler(pipeline, plan.source().frames(), plan.habits(), plan.labeler());
        FrameFeed feed = new FrameFeed(pipeline, plan.source().frames().copy(), plan.pace(), clock);
        Subject subject = new Subject(
                plan.method() + ", seed " + plan.seed() + ", " + plan.directory(),
                plan.source().frames().plan().limit(),
                pipeline.classes(),
                "http://" + pipeline.httpHost() + ":" + endpoint.port() + "/metrics   broker "
                        + pipeline.kafka().get("bootstrap.servers"));
        Background view = process.start(
                new LiveView(
                        out, plan.style(), subject, () -> watcher.statistics().snapshot()),
                "view");
        await(process, endpoint::isReady); // so that the first frame finds everyone at work
        process.start(labeler, "labeler");
        process.start(feed, "feed");
        return new Parts(feed, labeler, watcher, trainer, view);
    }

    /** True when everything came to its end; false when the process shall end before. */
    private boolean awaitEnd(CommandRun process, Parts parts) throws InterruptedException {
        BooleanSupplier settled = () -> parts.feed().isDone()
                && parts.labeler().isDone()
                && parts.watcher().isUpToDate()
                && isSettled(parts.watcher().statistics().snapshot());
        if (!await(process, settled)) {
            return false;
        }
        CompletableFuture<Void> drained = CompletableFuture.runAsync(() -> drain(parts.trainer()));
        return await(process, drained::isDone) && await(process, parts.watcher()::isUpToDate);
    }

    private boolean isSettled(RunSnapshot run) {
        return run.frames().published() >= asked.source().frames().plan().limit()
                && run.frames().areSettled()
                && run.labels().areSettled();
    }

    private static boolean await(CommandRun process, BooleanSupplier condition) throws InterruptedException {
        while (!process.lifecycle().isStopping()) {
            if (condition.getAsBoolean()) {
                return true;
            }
            TimeUnit.MILLISECONDS.sleep(A_MOMENT);
        }
        return false;
    }

    private static void drain(TrainerWorker trainer) {
        try {
            trainer.drain();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable Test test(DemoPlan plan, Compute compute, RunSnapshot run) throws IOException {
        return new TestAccuracy(plan.pipeline(), compute, plan.source().data().test(), clock)
                .of(run.versions(), plan.source().frames().plan().drift())
                .orElse(null);
    }

    private void report(DemoPlan plan, RunSnapshot run, boolean complete, @Nullable Test test) throws IOException {
        RunFacts facts = new RunFacts(
                complete,
                plan.method(),
                plan.seed(),
                startedAt,
                clock.instant(),
                plan.pipeline().classes(),
                test,
                settings(plan));
        RunSummary summary = RunSummary.of(facts, run);
        Path file = plan.directory().resolve("summary.json");
        summary.writeTo(file);
        Path second = plan.summary();
        if (second != null) {
            summary.writeTo(second);
        }
        SummaryTable.print(summary, out);
        out.println(" " + (second == null ? file : second));
        Path plots = plan.directory().resolve("plots");
        out.println(new Plots(run, plan.pipeline().classes())
                .writeTo(plots)
                .map(reason -> " no plots: " + reason)
                .orElse(" " + plots + "/accuracy.png, gate.png, classes.png"));
        out.flush();
    }

    private static Map<String, String> settings(DemoPlan plan) {
        Map<String, String> settings = new TreeMap<>(plan.trainer().inUse());
        settings.put("demo.stream", plan.source().frames().plan().toString());
        settings.put("demo.pace", plan.pace().toString());
        settings.put("demo.labels", plan.habits().toString());
        settings.put("demo.labeler", plan.labeler().toString());
        return settings;
    }
}
