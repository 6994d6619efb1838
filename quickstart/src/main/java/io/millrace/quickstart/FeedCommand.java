package io.millrace.quickstart;

import io.millrace.quickstart.feed.FrameFeed;
import io.millrace.runtime.Endpoint;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.command.CommandRun;
import io.millrace.runtime.command.SettingsOptions;
import io.millrace.runtime.loop.Background;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "feed",
        description = "Publishes Fashion-MNIST as frames of several cameras; goes on where it was stopped.")
final class FeedCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    SettingsOptions options = new SettingsOptions();

    @Mixin
    StreamOptions stream = new StreamOptions();

    @Mixin
    PaceOptions pace = new PaceOptions();

    @Override
    public Integer call() throws Exception {
        PipelineSettings pipeline = options.pipeline();
        try (CommandRun process = new CommandRun()) {
            Endpoint endpoint = process.endpoint(pipeline);
            FrameFeed feed = new FrameFeed(pipeline, stream.stream(stream.data()), pace.pace(), InstantSource.system());
            feed.bindTo(endpoint.meters());
            Background running = process.start(feed, "feed");
            endpoint.readyWhen("feed", running::isRunning);
            process.awaitEndOf(running);
            process.throwIfFailed();
            spec.commandLine().getOut().println(feed.isDone() ? "every frame is published" : "stopped");
        }
        return 0;
    }
}
