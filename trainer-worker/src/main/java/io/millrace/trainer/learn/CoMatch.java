package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;
import io.millrace.trainer.learn.Method.WeakViews;
import io.millrace.trainer.learn.StudentViews.Blend;
import io.millrace.trainer.learn.StudentViews.Rows;
import io.millrace.trainer.learn.StudentViews.View;
import io.millrace.trainer.model.Head;
import java.util.List;

/**
 * CoMatch (Li et al. 2021) with a teacher: pseudo-labels are smoothed by those of similar samples in a memory, see {@link
 * MemorySmoothedGate}; the first of two strong views learns them where they are sure, and a {@link GraphContrastiveTerm}
 * makes samples of like pseudo-labels embed alike. Embeddings of 64 numbers, weight 1, as in the authors' code for CIFAR-10.
 *
 * <p>Deviations, beside those of gate and term: predictions and the memory's embeddings are those of the EMA teacher (as
 * the authors do on ImageNet only); warm start and ramp as in {@link FixMatch}.
 */
final class CoMatch {
    private static final int EMBEDDING = 64;

    private CoMatch() {}

    static Method compose(LearnSettings settings, int classes, ClassPrior prior) {
        return Method.labeledBy(Predictor.TEACHER, new MemorySmoothedGate(settings, EMBEDDING, classes, prior))
                .lookingAt(WeakViews.UNLABELED_AND_LABELED)
                .learningFrom(new StudentViews(Rows.ALL, List.of(View.STRONG, View.SECOND_STRONG), Blend.LABELED))
                .plus(new GraphContrastiveTerm())
                .withHeads(new Head("embedding", EMBEDDING, Head.Kind.PROJECTION));
    }
}
