package io.millrace.trainer.learn;

/** A step whose loss or gradient is not finite. It was refused before the optimizer: nothing has changed. */
public final class NonFiniteStepException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    NonFiniteStepException(long step, double loss, float gradientNorm) {
        this(step, "a finite loss and gradient, got loss " + loss + " and gradient norm " + gradientNorm);
    }

    NonFiniteStepException(long step, String expectedAndGot) {
        super("step " + step + ": expected " + expectedAndGot + "; the step was refused, nothing has changed");
    }
}
