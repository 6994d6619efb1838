package io.millrace.quickstart;

import io.millrace.quickstart.watch.LiveView;
import io.millrace.quickstart.watch.LiveView.Style;
import io.millrace.quickstart.watch.LiveView.Subject;
import io.millrace.quickstart.watch.PipelineWatcher;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.command.CommandRun;
import io.millrace.runtime.command.SettingsOptions;
import io.millrace.runtime.loop.Background;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "watch", description = "Shows a running pipeline, from its topics alone, until Ctrl-C.")
final class WatchCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    SettingsOptions options = new SettingsOptions();

    @Option(
            names = "--expect",
            paramLabel = "FRAMES",
            defaultValue = "0",
            description = "Length of the stream, for a progress bar.")
    long expected;

    @Override
    public Integer call() throws Exception {
        PipelineSettings pipeline = options.pipeline();
        try (CommandRun process = new CommandRun()) {
            PipelineWatcher watcher = new PipelineWatcher(pipeline);
            process.endpoint(pipeline).readyWhen("watching", watcher::isUpToDate);
            Background watching = process.start(watcher, "watcher");
            Subject subject = new Subject(
                    pipeline.topicPrefix(), expected, pipeline.classes(), "Ctrl-C ends the view, not the pipeline");
            process.start(
                    new LiveView(
                            spec.commandLine().getOut(),
                            Style.fitting(),
                            subject,
                            () -> watcher.statistics().snapshot()),
                    "view");
            process.awaitEndOf(watching);
            process.throwIfFailed();
        }
        return 0;
    }
}
