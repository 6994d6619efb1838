package io.millrace.benchmarks.learning;

import io.millrace.benchmarks.learning.CurvePoint.Occasion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Figures of a learning curve. Accuracies and their differences are shares in 0..1; NaN says that there is none. */
final class CurveFigures {
    /** So near to a level counts as having reached it. */
    static final double NEAR = 0.02;

    private CurveFigures() {}

    /**
     * How a model came back after a drift.
     *
     * @param frames from the drift to the first look at which the accuracy on the new domain is at most {@link #NEAR} below
     *     what is the lower: the level just before the drift, or the last level before the next drift or the end
     * @param shortfall level just before the drift, less the last level before the next drift or the end
     */
    record Recovery(double frames, double shortfall) {}

    /** Average anytime accuracy: the mean over the regular examinations. */
    static double anytime(List<CurvePoint> curve) {
        return curve.stream()
                .filter(point -> point.occasion() == Occasion.REGULAR)
                .mapToDouble(CurvePoint::accuracy)
                .average()
                .orElse(Double.NaN);
    }

    /**
     * Forgetting: over the domains seen, without that of the last frame, the mean of the best accuracy at any regular
     * examination less the accuracy at the end (mammoth {@code forgetting}, Chaudhry et al. 2018, there over all tasks but
     * the last).
     *
     * @param lastDomain domain of the last frame
     */
    static double forgetting(List<CurvePoint> curve, int lastDomain) {
        Map<Integer, Double> best = new TreeMap<>();
        Map<Integer, Double> last = new TreeMap<>();
        for (CurvePoint point : curve) {
            if (point.occasion() == Occasion.REGULAR) {
                point.byDomain().forEach((domain, accuracy) -> best.merge(domain, accuracy, Math::max));
                last.putAll(point.byDomain());
            }
        }
        return best.entrySet().stream()
                .filter(domain -> domain.getKey() != lastDomain)
                .mapToDouble(domain -> domain.getValue() - last.getOrDefault(domain.getKey(), Double.NaN))
                .average()
                .orElse(Double.NaN);
    }

    /** How a model came back after each drift, in their order. */
    static List<Recovery> recoveries(List<CurvePoint> curve, List<Long> drifts) {
        List<Recovery> recoveries = new ArrayList<>();
        for (int i = 0; i < drifts.size(); i++) {
            long begin = drifts.get(i);
            long end = i + 1 < drifts.size() ? drifts.get(i + 1) : Long.MAX_VALUE;
            List<CurvePoint> after = new ArrayList<>();
            double before = Double.NaN;
            for (CurvePoint point : curve) {
                if (point.occasion() == Occasion.BEFORE_DRIFT && point.frames() == begin) {
                    before = point.accuracy();
                } else if (isAfter(point, begin, end)) {
                    after.add(point);
                }
            }
            recoveries.add(recovery(begin, before, after));
        }
        return recoveries;
    }

    private static boolean isAfter(CurvePoint point, long begin, long end) {
        return point.occasion() == Occasion.AFTER_DRIFT
                ? point.frames() >= begin && point.frames() < end
                : point.frames() > begin && point.frames() <= end;
    }

    private static Recovery recovery(long begin, double before, List<CurvePoint> after) {
        double last = after.get(after.size() - 1).accuracy();
        double level = Math.min(before, last) - NEAR;
        double frames = after.stream()
                .filter(point -> point.accuracy() >= level)
                .findFirst()
                .map(point -> (double) (point.frames() - begin))
                .orElse(Double.NaN);
        return new Recovery(frames, before - last);
    }
}
