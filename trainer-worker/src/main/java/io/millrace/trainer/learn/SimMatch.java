package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;
import io.millrace.trainer.learn.Method.WeakViews;
import io.millrace.trainer.model.Head;

/**
 * SimMatch (Zheng et al. 2022) with a teacher: pseudo-labels and similarities to labeled samples correct each other, see
 * {@link SimilarityGate}; the student learns the first where they are sure, and by an {@link InstanceSimilarityTerm} the
 * second everywhere. Embeddings of 128 numbers, both losses of weight 1.
 *
 * <p>Deviations, beside those of gate and term: warm start and ramp as in {@link FixMatch}.
 */
final class SimMatch {
    private static final int EMBEDDING = 128;

    private SimMatch() {}

    static Method compose(LearnSettings settings, int classes, ClassPrior prior) {
        SimilarityGate gate = new SimilarityGate(settings, EMBEDDING, classes, prior);
        return Method.labeledBy(Predictor.TEACHER, gate)
                .lookingAt(WeakViews.UNLABELED_AND_LABELED)
                .learningFrom(StudentViews.ALL_STRONG)
                .plus(new InstanceSimilarityTerm(gate))
                .withHeads(new Head("embedding", EMBEDDING, Head.Kind.PROJECTION));
    }
}
