package io.millrace.benchmarks.learning;

import io.millrace.benchmarks.learning.CurvePoint.Occasion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * When the teacher is examined: at equally spaced moments, of which the last is the end, and around each drift: just before,
 * at once after, and ten times in the first 5,000 frames (or the first half of what is left until the next drift).
 */
final class ExaminationPlan {
    private static final int LOOKS_AFTER_DRIFT = 10;
    private static final long FRAMES_AFTER_DRIFT = 5_000;

    private ExaminationPlan() {}

    /**
     * One examination.
     *
     * @param frames when so many were seen
     * @param judgedAs of the frame of this sequence number: its domain is what the teacher is judged on
     */
    record Moment(long frames, Occasion occasion, long judgedAs) {}

    /** All moments in the order in which they come. @param regular number of equally spaced ones, at least 1 */
    static List<Moment> of(LearningStream stream, int regular) {
        List<Moment> moments = new ArrayList<>();
        for (int i = 1; i <= regular; i++) {
            long frames = Math.max(1, stream.length() * i / regular);
            moments.add(new Moment(frames, Occasion.REGULAR, frames - 1));
        }
        List<Long> drifts = stream.drifts();
        for (int i = 0; i < drifts.size(); i++) {
            long begin = drifts.get(i);
            long end = i + 1 < drifts.size() ? drifts.get(i + 1) : stream.length();
            moments.add(new Moment(begin, Occasion.BEFORE_DRIFT, begin - 1));
            long span = Math.min(FRAMES_AFTER_DRIFT, (end - begin) / 2);
            for (int look = 0; look <= LOOKS_AFTER_DRIFT; look++) {
                moments.add(new Moment(begin + span * look / LOOKS_AFTER_DRIFT, Occasion.AFTER_DRIFT, begin));
            }
        }
        moments.sort(Comparator.comparingLong(Moment::frames).thenComparing(Moment::occasion));
        return moments;
    }
}
