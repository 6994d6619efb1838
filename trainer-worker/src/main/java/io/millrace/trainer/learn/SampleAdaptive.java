package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;
import io.millrace.trainer.learn.StudentViews.Blend;
import io.millrace.trainer.learn.StudentViews.Rows;
import io.millrace.trainer.learn.StudentViews.View;
import java.util.List;

/**
 * SAA, sample-adaptive augmentation (Gui et al. 2023), on FixMatch with a teacher: a sample that the student has found easy
 * gets a harder view, half of one strong view and half of another, see {@link SlotDifficulty} and {@link HarderViews}.
 *
 * <p>Deviations, beside those of its parts: the predictions are those of the EMA teacher; no mixup of unlabeled rows,
 * because the loss of one sample is what is remembered; warm start and ramp as in {@link FixMatch}.
 */
final class SampleAdaptive {
    private SampleAdaptive() {}

    static Method compose(LearnSettings settings) {
        SlotDifficulty difficulty = new SlotDifficulty(settings.unlabeledCapacity());
        return Method.labeledBy(
                        Predictor.TEACHER, new ConfidenceGate(settings.gate().confidenceThreshold()))
                .learningFrom(new StudentViews(Rows.ACCEPTED, List.of(View.STRONG, View.SECOND_STRONG), Blend.LABELED))
                .plus(difficulty)
                .perturbedBy(new HarderViews(difficulty, settings.seed()));
    }
}
