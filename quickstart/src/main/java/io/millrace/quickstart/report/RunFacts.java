package io.millrace.quickstart.report;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the topics do not tell about a run.
 *
 * @param complete false when it was ended before its stream was exhausted
 * @param method learning method
 * @param seed root seed
 * @param startedAt when the process started
 * @param endedAt when the run ended
 * @param classes class names
 * @param test test accuracy, once measured
 * @param settings what was asked for
 */
public record RunFacts(
        boolean complete,
        String method,
        long seed,
        Instant startedAt,
        Instant endedAt,
        List<String> classes,
        @Nullable Test test,
        Map<String, String> settings) {
    public RunFacts {
        classes = List.copyOf(classes);
        settings = Map.copyOf(settings);
    }

    /**
     * Accuracy on the test images, 0..1, which never entered the stream.
     *
     * @param frames number of test images
     * @param firstPromoted of the first champion
     * @param finalChampion of the last champion
     * @param finalChampionUnderDrift of the last champion on the test images as the cameras see them at the end of the
     *     stream; null when they see them as they are
     */
    public record Test(
            int frames,
            double firstPromoted,
            double finalChampion,
            @Nullable Double finalChampionUnderDrift) {}
}
