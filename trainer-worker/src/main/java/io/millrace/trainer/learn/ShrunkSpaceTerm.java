package io.millrace.trainer.learn;

import ai.djl.ndarray.NDArray;

/**
 * ShrinkMatch's loss of refused samples (Yang et al. 2023, section 3.2): the cross-entropy with their pseudo-label among the
 * classes that the {@link ShrinkingGate} left, on a head of its own, so that the classifier does not suffer from wrong ones.
 * No state: the gate remembers.
 */
final class ShrunkSpaceTerm implements LossTerm {
    private static final float OUT = -1e9f;

    private final ShrinkingGate gate;

    ShrunkSpaceTerm(ShrinkingGate gate) {
        this.gate = gate;
    }

    @Override
    public String name() {
        return "shrunk.space";
    }

    @Override
    public NDArray loss(StudentPass pass) {
        StudentRows seen = pass.seen();
        float[] weights = new float[pass.rows()];
        float[][] out = new float[pass.rows()][];
        for (int i = 0; i < seen.chosen().length; i++) {
            int sample = seen.chosen()[i];
            int row = seen.labeled() + i;
            weights[row] = pass.unlabeledWeight()
                    * gate.shrunkWeights()[sample]
                    / pass.batch().unlabeled().size();
            out[row] = new float[pass.classes()];
            for (int c = 0; c < out[row].length; c++) {
                out[row][c] = gate.left()[sample][c] ? 0 : OUT;
            }
        }
        NDArray shrunk = pass.head(0).add(pass.constant(out, pass.classes()));
        return pass.crossEntropy(shrunk, seen.targets(), weights);
    }
}
