package io.millrace.quickstart;

import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.feed.LabelPlan.Habits;
import io.millrace.quickstart.feed.Labeler.Kind;
import io.millrace.quickstart.feed.Pace;
import io.millrace.quickstart.watch.LiveView.Style;
import io.millrace.runtime.PipelineSettings;
import io.millrace.stream.StreamSettings;
import io.millrace.trainer.TrainerSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a demo was asked for.
 *
 * @param pipeline settings of the pipeline; the broker's address is filled in once it is known
 * @param labeler who decides which frames are labeled late
 * @param port port of the broker; 0 takes a free one, null uses the broker that the settings name
 * @param directory where broker, blobs, state, log and report go
 * @param summary where the summary goes beside the directory, if anywhere
 */
record DemoPlan(
        PipelineSettings pipeline,
        StreamSettings stream,
        TrainerSettings trainer,
        Source source,
        Pace pace,
        Habits habits,
        Kind labeler,
        @Nullable Integer port,
        Path directory,
        @Nullable Path summary,
        Style style) {
    /** Images, and the stream of them. */
    record Source(FashionData data, FrameStream frames) {}

    /** The plan, with a broker at this address. */
    DemoPlan on(String bootstrapServers) {
        Map<String, String> kafka = new HashMap<>(pipeline.kafka());
        kafka.put("bootstrap.servers", bootstrapServers);
        PipelineSettings there = new PipelineSettings(
                pipeline.topicPrefix(),
                pipeline.classes(),
                pipeline.frameShape(),
                pipeline.registryUrl(),
                pipeline.blobStore(),
                pipeline.signers(),
                pipeline.httpHost(),
                pipeline.httpPort(),
                kafka);
        return new DemoPlan(there, stream, trainer, source, pace, habits, labeler, port, directory, summary, style);
    }

    String method() {
        return trainer.inUse().getOrDefault("trainer.method", "");
    }

    long seed() {
        return source.frames().plan().seed();
    }
}
