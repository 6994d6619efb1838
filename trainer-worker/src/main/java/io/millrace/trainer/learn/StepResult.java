package io.millrace.trainer.learn;

import java.util.List;

/**
 * What one step did.
 *
 * @param step the step
 * @param labeledLoss mean cross-entropy of the labeled samples as the student saw them (blended, if mixup is on), nats
 * @param unlabeledLoss mean cross-entropy over all unlabeled samples, refused ones counted as 0, before its weight
 * @param unlabeledLossWeight the weight of it at this step
 * @param maskRate mean gate weight of the unlabeled samples
 * @param threshold confidence the gate asked for; 1 when it was not asked
 * @param teacherConfidence mean of the teacher's largest probability on unlabeled samples; 0 when it was not asked
 * @param gradientNorm before clipping
 * @param learningRate of this step
 * @param teacherDecay decay of the teacher average at this step
 * @param pseudoLabels class per unlabeled sample, -1 when refused
 * @param reasons the gate's reason per unlabeled sample
 */
@SuppressWarnings("ArrayRecordComponent") // numbers for meters, never compared
public record StepResult(
        long step,
        float labeledLoss,
        float unlabeledLoss,
        float unlabeledLossWeight,
        float maskRate,
        float threshold,
        float teacherConfidence,
        float gradientNorm,
        float learningRate,
        float teacherDecay,
        int[] pseudoLabels,
        List<GateReason> reasons) {
    public StepResult {
        reasons = List.copyOf(reasons);
    }
}
