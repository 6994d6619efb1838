package io.millrace.benchmarks.learning;

import io.millrace.trainer.evaluate.Evaluation;
import java.util.List;

/**
 * What came of a run. Shares are in 0..1; NaN says that there is none.
 *
 * @param steps that were taken, or refused for not being finite
 * @param refusedSteps refused ones
 * @param labels that came for frames in training
 * @param curve all examinations
 * @param drifts frames at which drifts began
 * @param lastDomain domain of the last frame
 * @param end the teacher at the end on all test samples that judge it, at the temperature
 * @param prequential share of right answers to labels, each scored when it came and before it was trained
 * @param gate what became of pseudo-labels
 * @param watch what the watch decided
 * @param backdoor share of triggered samples that are given the attacker's class
 * @param cpuSeconds of the process for batches and steps, examinations left out
 */
record RunResult(
        long steps,
        int refusedSteps,
        long labels,
        List<CurvePoint> curve,
        List<Long> drifts,
        int lastDomain,
        Evaluation end,
        double prequential,
        GateCounts gate,
        WatchCounts watch,
        double backdoor,
        double cpuSeconds) {
    RunResult {
        curve = List.copyOf(curve);
        drifts = List.copyOf(drifts);
    }
}
