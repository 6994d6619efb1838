package io.millrace.quickstart;

import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.feed.LabelPlan;
import io.millrace.quickstart.feed.Labeler.Kind;
import io.millrace.quickstart.feed.Pace;
import io.millrace.quickstart.watch.LiveView.Style;
import io.millrace.runtime.BadSettingsException;
import io.millrace.runtime.PipelineSettings;
import io.millrace.runtime.Settings;
import io.millrace.runtime.command.SettingsOptions;
import io.millrace.stream.StreamSettings;
import io.millrace.trainer.TrainerSettings;
import io.millrace.trainer.request.RequestSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        description = "Runs everything in one process: broker, cameras, labelers, stream-app, trainer, live view."
                + " Ends with the stream.")
final class DemoCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec = CommandSpec.create();

    @Mixin
    SettingsOptions options = new SettingsOptions();

    @Mixin
    StreamOptions stream = new StreamOptions();

    @Mixin
    PaceOptions pace = new PaceOptions();

    @Mixin
    LabelOptions labels = new LabelOptions();

    @Option(names = "--method", description = "Learning method (default: that of the trainer).")
    @Nullable
    String method;

    @Option(
            names = "--dir",
            description = "Where everything goes; the same directory goes on where it was stopped"
                    + " (default: a new one under out/).")
    @Nullable
    Path directory;

    @Option(names = "--port", defaultValue = "0", description = "Port of the broker (default: a free one).")
    int port;

    @Option(names = "--http-port", description = "Port of metrics, health and schemas (default: a free one).")
    @Nullable
    Integer httpPort;

    @Option(names = "--headless", description = "Lines instead of a live view, even in a terminal.")
    boolean headless;

    @Option(names = "--summary", paramLabel = "FILE", description = "Also writes summary.json to this file.")
    @Nullable
    Path summary;

    @Override
    public Integer call() throws Exception {
        DemoPlan plan = plan();
        RunLog.toFile(plan.directory().resolve("millrace.log"));
        return new DemoRun(plan, spec.commandLine().getOut()).run();
    }

    private DemoPlan plan() throws IOException {
        Path place = directory == null ? Path.of("out", "demo-" + now()) : directory;
        Map<String, String> own = own(place);
        Set<String> errors = new LinkedHashSet<>();
        Settings forStream = check(StreamSettings.declare(), own, errors);
        Settings forTrainer = check(TrainerSettings.declare(), own, errors);
        if (forStream == null || forTrainer == null) {
            throw new BadSettingsException(new ArrayList<>(errors));
        }
        checkAhead(TrainerSettings.from(forTrainer));
        FashionData data = stream.data();
        FrameStream frames = stream.stream(data);
        own.putAll(DemoKeys.in(place));
        PipelineSettings pipeline = PipelineSettings.from(settings(StreamSettings.declare(), own));
        own.put("trainer.start.labels", startLabels(frames, pipeline));
        return new DemoPlan(
                pipeline,
                StreamSettings.from(forStream),
                TrainerSettings.from(settings(TrainerSettings.declare(), own)),
                new DemoPlan.Source(data, frames),
                pace.pace(),
                labels.habits(),
                labels.kind,
                options.namesBroker() ? null : port,
                place,
                summary,
                headless ? Style.LINES : Style.fitting());
    }

    private Map<String, String> own(Path place) {
        Map<String, String> own = new HashMap<>();
        own.put("pipeline.blob.store", "file:" + place.resolve("blobs"));
        own.put("stream.state.dir", place.resolve("stream").toString());
        own.put("trainer.seed", Long.toString(stream.seed));
        if (labels.kind == Kind.ACTIVE) {
            own.put(RequestSettings.BUDGET_KEY, Double.toString(labels.labels));
        }
        if (method != null) {
            own.put("trainer.method", method);
        }
        if (httpPort != null) {
            own.put("pipeline.http.port", httpPort.toString());
        }
        return own;
    }

    /** The feed waits for commits, and the trainer commits after so many frames: less ahead, and both wait for ever. */
    private void checkAhead(TrainerSettings trainer) {
        long betweenCommits = (long) trainer.framesPerStep() * trainer.commitSteps();
        if (pace.pace() instanceof Pace.AsFastAsConsumed max && max.ahead() < betweenCommits) {
            throw new BadSettingsException(List.of("--ahead: expected at least " + betweenCommits
                    + " frames (trainer.frames.per.step x trainer.commit.interval.steps), got " + max.ahead()));
        }
    }

    /** The labels of the start take effect together, so that it does not matter which of them came first. */
    private String startLabels(FrameStream frames, PipelineSettings pipeline) {
        long limit = frames.plan().limit();
        long there = pace.pace() instanceof Pace.AsFastAsConsumed max ? Math.min(limit, max.ahead()) : limit;
        LabelPlan plan =
                new LabelPlan(frames, labels.habits(), pipeline.classes().size());
        return Integer.toString(Math.max(1, plan.initialAmong(there)));
    }

    private @Nullable Settings check(ConfigDef declared, Map<String, String> own, Set<String> errors) {
        try {
            return settings(declared, own);
        } catch (BadSettingsException e) {
            errors.addAll(e.errors());
            return null;
        }
    }

    private Settings settings(ConfigDef declared, Map<String, String> own) {
        Map<String, String> mine = new HashMap<>(own);
        mine.keySet().removeIf(key -> !declared.names().contains(key));
        return options.settings(declared, mine);
    }

    private static String now() {
        return LocalDateTime.now(ZoneId.systemDefault()).format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    }
}
