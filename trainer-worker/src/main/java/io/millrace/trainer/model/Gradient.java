package io.millrace.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.UnaryOperator;

/**
 * Gradients of a scalar with respect to one flat buffer.
 *
 * <p>Each call differentiates a fresh handle on the buffer's memory, so gradients never pile up from one step to the next
 * and the buffer that optimizer and average change in place never takes part in a graph. It goes below DJL's {@code
 * GradientCollector}, which allows only one per process.
 */
public final class Gradient {
    private Gradient() {}

    /**
     * Differentiates.
     *
     * @param scope owns everything that is made, the result too
     * @param flat {@code [size]}, float32; not changed
     * @param loss from parameters {@code [size]} to a scalar; runs with gradients on, nothing else does
     * @return {@code [size]}, float32
     */
    public static NDArray of(NDManager scope, NDArray flat, UnaryOperator<NDArray> loss) {
        NDArray parameters = Network.shared(flat, scope);
        parameters.setRequiresGradient(true);
        JniUtils.setGradMode(true);
        try {
            NDArray value = loss.apply(parameters);
            JniUtils.backward((PtNDArray) value, (PtNDArray) scope.ones(new Shape()), false, false);
        } finally {
            JniUtils.setGradMode(false);
        }
        NDArray gradient = parameters.getGradient();
        gradient.attach(scope);
        return gradient;
    }

    /**
     * Scales a gradient in place so that its Euclidean norm is at most {@code clipNorm}: {@code g <- g min(1, clipNorm /
     * |g|)} (Pascanu et al. 2013, algorithm 1).
     *
     * @param gradient {@code [size]}, changed in place unless its norm is within the bound or not finite
     * @return the norm before clipping; may be not finite, then nothing was changed
     */
    public static float clip(NDArray gradient, float clipNorm) {
        float norm;
        try (NDArray value = gradient.norm()) {
            norm = value.getFloat();
        }
        if (Float.isFinite(norm) && norm > clipNorm) {
            gradient.muli(clipNorm / norm);
        }
        return norm;
    }
}
