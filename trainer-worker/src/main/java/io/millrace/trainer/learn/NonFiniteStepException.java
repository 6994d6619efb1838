package io.millrace.trainer.learn;

/** A step whose loss or gradient is not finite. It was refused before the optimizer: nothing has changed. */
public final class NonFiniteStepException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    NonFiniteStepException(long step, double loss, float gradientNorm) {
        this(step, "a finite loss and gradient, got loss " + loss + " and gradient norm " + gradientNorm);
    }

    /** @param expectedAndGot what is not finite, after "expected" */
    public NonFiniteStepException(long step, String expectedAndGot) {
        super("step " + step + ": expected " + expectedAndGot + "; the step was refused, nothing has changed");
    }

    /** @throws NonFiniteStepException unless both are finite */
    static void check(long step, double loss, float gradientNorm) {
        if (!(Double.isFinite(loss) && Float.isFinite(gradientNorm))) {
            throw new NonFiniteStepException(step, loss, gradientNorm);
        }
    }
}
