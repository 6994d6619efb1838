package io.millrace.quickstart;

import io.millrace.quickstart.feed.Labeler;
import io.millrace.runtime.Endpoint;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.command.CommandRun;
import io.millrace.runtime.command.SettingsOptions;
import io.millrace.runtime.loop.Background;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "label",
        description =
                "Labels some frames late and sometimes wrongly; give it the same --seed, --frames and --data as feed.")
final class LabelCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    SettingsOptions options = new SettingsOptions();

    @Mixin
    StreamOptions stream = new StreamOptions();

    @Mixin
    LabelOptions labels = new LabelOptions();

    @Override
    public Integer call() throws Exception {
        PipelineSettings pipeline = options.pipeline();
        try (CommandRun process = new CommandRun()) {
            Endpoint endpoint = process.endpoint(pipeline);
            Labeler labeler = new Labeler(pipeline, stream.stream(stream.data()), labels.habits(), labels.kind);
            labeler.bindTo(endpoint.meters());
            Background running = process.start(labeler, "labeler");
            endpoint.readyWhen("labeler", running::isRunning);
            process.awaitEndOf(running);
            process.throwIfFailed();
            spec.commandLine().getOut().println(labeler.isDone() ? "every label is posted" : "stopped");
        }
        return 0;
    }
}
