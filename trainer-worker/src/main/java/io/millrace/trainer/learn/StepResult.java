package io.millrace.trainer.learn;

import java.util.List;
import java.util.Map;

/**
 * What one step did.
 *
 * @param step the step
 * @param labeledLoss mean cross-entropy of the labeled samples as the student saw them (blended, if mixup is on), nats
 * @param unlabeledLoss what is added for unlabeled samples and by the method's terms, before the weight; for FixMatch and
 *     its kind the mean cross-entropy over all unlabeled samples, refused ones counted as 0
 * @param unlabeledLossWeight the weight of it at this step
 * @param maskRate mean gate weight of the unlabeled samples
 * @param threshold confidence the gate asked for; 1 when it was not asked
 * @param teacherConfidence mean of the predictor's largest probability on unlabeled samples; 0 when it was not asked
 * @param meanAnswer mean of the predictor's probabilities on unlabeled samples, [C]; empty when it was not asked
 * @param gradientNorm before clipping
 * @param learningRate of this step
 * @param teacherDecay decay of the teacher average at this step
 * @param pseudoLabels class per unlabeled sample, -1 when refused
 * @param reasons the gate's reason per unlabeled sample
 * @param terms what each term of the method added to the loss, weight included, by name
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
        double[] meanAnswer,
        float gradientNorm,
        float learningRate,
        float teacherDecay,
        int[] pseudoLabels,
        List<GateReason> reasons,
        Map<String, Float> terms) {
    public StepResult {
        terms = Map.copyOf(terms);
        reasons = List.copyOf(reasons);
    }
}
