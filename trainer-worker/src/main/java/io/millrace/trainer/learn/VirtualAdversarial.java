package io.millrace.trainer.learn;

import io.millrace.trainer.learn.Method.Predictor;
import io.millrace.trainer.learn.StudentViews.Blend;
import io.millrace.trainer.learn.StudentViews.Rows;
import io.millrace.trainer.learn.StudentViews.View;
import java.util.List;

/**
 * Virtual adversarial training (Miyato et al. 2018): {@code L = CE(labeled) + 0.3 mean_i CE(p_i, student(weak_i + r_i)) +
 * 0.06 mean_i H(student(weak_i + r_i))}; {@code p} is the student's own, {@code r} an {@link AdversarialNoise}. The
 * paper's divergence differs from this cross-entropy by a constant; weights as in Google's comparison (Oliver et al. 2018).
 * It needs no augmentation of the input's kind, and costs one more forward and backward pass.
 *
 * <p>Deviations, beside those of the noise: the entropy is that of the disturbed views, which are the ones that pass
 * through the student with a gradient; warm start and ramp as in {@link FixMatch}.
 */
final class VirtualAdversarial {
    private static final float WEIGHT = 0.3f;
    /** The entropy's weight is 0.06 beside the 0.3. */
    private static final float ENTROPY = 0.2f;

    private VirtualAdversarial() {}

    static Method compose(long seed) {
        return Method.labeledBy(Predictor.STUDENT, SoftTargetGate.ALL)
                .learningFrom(new StudentViews(Rows.ACCEPTED, List.of(View.WEAK), Blend.LABELED))
                .weighing(WEIGHT)
                .plus(new EntropyTerm("vat.entropy", ENTROPY))
                .perturbedBy(new AdversarialNoise(seed));
    }
}
