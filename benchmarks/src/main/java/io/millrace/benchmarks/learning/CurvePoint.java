package io.millrace.benchmarks.learning;

import java.util.Map;

/**
 * How good the teacher was at one moment.
 *
 * @param frames that it had seen
 * @param occasion why it was examined
 * @param accuracy on the test sets that judge at this moment, 0..1
 * @param byDomain accuracy on each domain that was looked at, by its place among the tests
 */
public record CurvePoint(long frames, Occasion occasion, double accuracy, Map<Integer, Double> byDomain) {
    /** Why the teacher was examined. */
    public enum Occasion {
        /** One of the equally spaced moments of a run. */
        REGULAR,
        /** A drift begins: last look at the old domain. */
        BEFORE_DRIFT,
        /** A look at the new domain at a drift or soon after it. */
        AFTER_DRIFT
    }

    public CurvePoint {
        byDomain = Map.copyOf(byDomain);
    }
}
