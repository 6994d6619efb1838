package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;
import io.millrace.trainer.learn.Method.WeakViews;
import io.millrace.trainer.learn.StudentViews.Blend;
import io.millrace.trainer.learn.StudentViews.Rows;
import io.millrace.trainer.learn.StudentViews.View;
import java.util.List;

/**
 * MixMatch (Berthelot et al. 2019, algorithm 1): the student's answers to two weak views of an unlabeled sample are averaged
 * and sharpened with temperature 0.5; labeled rows and both views are blended with each other by mixup, alpha 0.75; {@code L
 * = CE(labeled) + lambda mean MSE(unlabeled)}, lambda 10 with the squared error averaged over classes, times the weight of
 * the settings.
 *
 * <p>Deviations: labeled views are weak or strong as the settings say; one share and one permutation of mixup a batch; the
 * authors' lambda is 100 and rises over 16,000 steps, a ramp of a hundred steps bears a tenth of it.
 */
final class MixMatch {
    private static final float WEIGHT = 10;
    private static final float TEMPERATURE = 0.5f;

    private MixMatch() {}

    static Method compose() {
        return Method.labeledBy(Predictor.STUDENT, new SoftTargetGate(0, TEMPERATURE))
                .lookingAt(WeakViews.UNLABELED_TWICE)
                .learningFrom(new StudentViews(Rows.ACCEPTED, List.of(View.WEAK, View.SECOND_WEAK), Blend.TOGETHER))
                .comparedBy(new SquaredErrorTerm())
                .weighing(WEIGHT);
    }
}
