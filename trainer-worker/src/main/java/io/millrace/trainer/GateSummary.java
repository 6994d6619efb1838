package io.millrace.trainer;

import io.millrace.trainer.evaluate.PseudoLabelAudit;
import io.millrace.trainer.learn.StepResult;
import java.util.HashMap;
import java.util.Map;

/** Averages what the steps since the last commit said of gate and losses. */
final class GateSummary {
    private long steps;
    private double maskRate;
    private double labeledLoss;
    private double unlabeledLoss;
    private double threshold;

    /** @param usual threshold until a step has asked for another; methods without a gate never do */
    GateSummary(double usual) {
        threshold = usual;
    }

    void add(StepResult result) {
        steps++;
        maskRate += result.maskRate();
        labeledLoss += result.labeledLoss();
        unlabeledLoss += result.unlabeledLoss();
        threshold = result.teacherConfidence() > 0 && result.threshold() > 0 ? result.threshold() : threshold;
    }

    /** Threshold that the gate asked for last. */
    double threshold() {
        return threshold;
    }

    /** The numbers of the GATE event; begins anew. */
    Map<String, Double> take(long stepsTaken, double seconds, PseudoLabelAudit audit, long backlog) {
        Map<String, Double> numbers = new HashMap<>();
        if (steps > 0) {
            numbers.put("maskRate", maskRate / steps);
            numbers.put("labeledLoss", labeledLoss / steps);
            numbers.put("unlabeledLoss", unlabeledLoss / steps);
            numbers.put("threshold", threshold);
        }
        numbers.put("stepsPerSecond", stepsTaken / seconds);
        numbers.put("pseudoLabels", (double) audit.accepted());
        numbers.put("pseudoLabelsAudited", (double) audit.audited());
        numbers.put("pseudoLabelsRight", (double) audit.right());
        numbers.put("backlog", (double) backlog);
        steps = 0;
        maskRate = 0;
        labeledLoss = 0;
        unlabeledLoss = 0;
        return numbers;
    }
}
