package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;
import io.millrace.trainer.learn.Method.WeakViews;

/**
 * AdaMatch (Berthelot et al. 2022): FixMatch's loss behind an {@link AlignedGate}, which aligns the
 * teacher's class distribution on unlabeled samples with that on labeled ones and asks for a share of its confidence on
 * labeled ones. In the paper the student predicts for itself ({@code adamatch-student}); {@code adamatch} asks the teacher.
 *
 * <p>Deviations, beside the gate's: no random interpolation of logits (section 3.1; without batch normalisation labeled
 * and unlabeled samples do not influence each other's logits, which the interpolation is there to mend); the weight ramps
 * up linearly after a warm start, not along a cosine over half of the training.
 */
final class AdaMatch {
    private AdaMatch() {}

    static Method compose(GateSettings settings, Predictor predictor, int classes, ClassPrior prior) {
        return Method.labeledBy(predictor, new AlignedGate(settings, classes, prior))
                .lookingAt(WeakViews.UNLABELED_AND_LABELED);
    }
}
