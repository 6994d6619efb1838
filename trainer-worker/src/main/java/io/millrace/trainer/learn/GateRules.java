package io.millrace.trainer.learn;

/**
 * What keeps samples out whatever the method's own gate says.
 *
 * @param startLabels labels that each class seen must have before pseudo-labels count; 0 asks for none
 * @param startMostSteps step after which pseudo-labels count whatever labels say
 * @param windowFrames half-life of what quotas count, in frames
 * @param classQuota most that a class may have of what is accepted, in shares of it among fresh labels; 0 for no quota
 * @param sourceQuota most that a source may have of what is accepted, where that is more than 2 / active sources; 1 for no
 *     quota
 * @param sourceWaitFrames frames of a new source that wait
 * @param noveltyPercentile share of the fresh labeled frames that may be novel at most, from above; 0 for no rule
 */
public record GateRules(
        int startLabels,
        int startMostSteps,
        double windowFrames,
        double classQuota,
        double sourceQuota,
        int sourceWaitFrames,
        double noveltyPercentile) {
    public GateRules {
        if (startLabels < 0 || startMostSteps < 0 || sourceWaitFrames < 0 || !(windowFrames >= 1)) {
            throw new IllegalArgumentException("expected no negative counts and a window of 1 frame or more, got "
                    + startLabels + ", " + startMostSteps + ", " + sourceWaitFrames + ", " + windowFrames);
        }
        if (!(classQuota == 0 || classQuota >= 1) || !(sourceQuota > 0 && sourceQuota <= 1)) {
            throw new IllegalArgumentException("expected a class quota of 0 or from 1 and a source quota up to 1, got "
                    + classQuota + ", " + sourceQuota);
        }
        if (!(noveltyPercentile == 0 || noveltyPercentile >= 0.5 && noveltyPercentile < 1)) {
            throw new IllegalArgumentException(
                    "expected a novelty percentile of 0 or of 0.5 to 1, got " + noveltyPercentile);
        }
    }
}
