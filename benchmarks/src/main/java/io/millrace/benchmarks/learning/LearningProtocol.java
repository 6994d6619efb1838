package io.millrace.benchmarks.learning;

import io.millrace.benchmarks.learning.LearningRun.Examinations;
import io.millrace.runtime.blob.Sha256;
import io.millrace.trainer.TrainerSettings;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * What all runs that are compared have in common.
 *
 * @param data what the images are
 * @param frames length of the streams
 * @param labels how frames are labeled
 * @param unknown what is of no class in the open stream
 * @param examinations how teachers are examined
 * @param set settings that are not the usual ones
 */
record LearningProtocol(
        String data,
        long frames,
        LabelHabits labels,
        String unknown,
        Examinations examinations,
        Map<String, String> set) {
    private static final int DIGITS = 12;

    LearningProtocol {
        set = new TreeMap<>(set);
    }

    /** In words, for a line of the results. */
    String text() {
        return data + "; " + frames + " frames; labels: " + labels.atStart() + " a class, then "
                + plain(labels.share()) + " after " + labels.delay() + " frames"
                + (labels.wrong() > 0
                        ? ", " + plain(labels.wrong()) + " of them wrong"
                                + (labels.correction() > 0 ? " for " + labels.correction() + " frames" : "")
                        : "")
                + "; unknown: " + unknown + "; " + examinations.examinations() + " examinations on "
                + examinations.testSamples() + "; set: " + set;
    }

    /** Hex digits that are equal for equal protocols and equal settings, seed and method aside. */
    String hash(TrainerSettings settings) {
        TreeMap<String, String> shaping = new TreeMap<>(settings.inUse());
        shaping.remove("trainer.seed");
        shaping.remove("trainer.method");
        String all = new LearningProtocol(data, frames, labels, unknown, examinations, Map.of()) + " " + shaping;
        return Sha256.of(all.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
    }

    private static String plain(double share) {
        return Math.round(share * 1e6) / 1e4 + " %";
    }
}
