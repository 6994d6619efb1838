package io.millrace.quickstart;

import io.millrace.quickstart.data.Drift;
import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.data.StreamPlan;
import io.millrace.record.Encoding;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the stream looks like: feed and labeler must be told the same. */
final class StreamOptions {
    @Spec(Spec.Target.MIXEE)
    CommandSpec spec = CommandSpec.create();

    @Option(names = "--seed", defaultValue = "7", description = "Root of all chance (default: ${DEFAULT-VALUE}).")
    long seed;

    @Option(names = "--sources", defaultValue = "4", description = "Number of cameras (default: ${DEFAULT-VALUE}).")
    int sources;

    @Option(
            names = "--drift",
            defaultValue = "NONE",
            description = "What happens to the cameras: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Drift drift = Drift.NONE;

    @Option(names = "--frames", description = "Length of the stream (default: every training image once).")
    @Nullable
    Long frames;

    @Option(
            names = "--encoding",
            defaultValue = "PNG",
            description = "Encoding of the frames: PNG or RAW_U8 (default: ${DEFAULT-VALUE}).")
    Encoding encoding = Encoding.PNG;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Directory with the four files of Fashion-MNIST (default: the bundled sample).")
    @Nullable
    Path directory;

    /** Reads the images. */
    FashionData data() throws IOException {
        return directory == null ? FashionData.bundled() : FashionData.in(directory);
    }

    /** The stream over these images. */
    FrameStream stream(FashionData data) {
        try {
            long limit = frames == null ? data.training().size() : frames;
            return new FrameStream(data.training(), new StreamPlan(seed, sources, drift, limit, encoding));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
