package io.millrace.trainer;

import io.millrace.trainer.batch.TrainingBatch;
import io.millrace.trainer.evaluate.PseudoLabelAudit;
import io.millrace.trainer.learn.GateReason;
import io.millrace.trainer.learn.StepResult;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** Averages what the steps since the last commit said of gate and losses. */
final class GateSummary {
    private static final int MOST_NOVEL = 20;

    private long steps;
    private double maskRate;
    private double labeledLoss;
    private double unlabeledLoss;
    private double threshold;
    private final Map<GateReason, Long> reasons = new EnumMap<>(GateReason.class);
    /** Ids of the latest fresh frames that were novel, oldest first. */
    private final Deque<String> novel = new ArrayDeque<>();

    /** @param usual threshold until a step has asked for another; methods without a gate never do */
    GateSummary(double usual) {
        threshold = usual;
    }

    void add(StepResult result, TrainingBatch batch) {
        steps++;
        result.reasons().forEach(reason -> reasons.merge(reason, 1L, Long::sum));
        for (int i = 0; i < batch.fresh(); i++) {
            if (result.reasons().get(i) == GateReason.NOVEL) {
                novel.addLast(batch.unlabeled().get(i).frameId());
            }
        }
        while (novel.size() > MOST_NOVEL) {
            novel.removeFirst();
        }
        maskRate += result.maskRate();
        labeledLoss += result.labeledLoss();
        unlabeledLoss += result.unlabeledLoss();
        threshold = result.teacherConfidence() > 0 && result.threshold() > 0 ? result.threshold() : threshold;
    }

    /** Threshold that the gate asked for last. */
    double threshold() {
        return threshold;
    }

    /** The latest novel frames, for whoever labels, as part of a sentence; begins anew. */
    String takeNovel() {
        String told = novel.isEmpty() ? "" : "; novel frames: " + String.join(", ", novel);
        novel.clear();
        return told;
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
        reasons.forEach((reason, count) -> numbers.put("samples." + reason, (double) count));
        reasons.clear();
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
