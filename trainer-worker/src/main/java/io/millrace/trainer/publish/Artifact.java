package io.millrace.trainer.publish;

import io.millrace.trainer.model.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The weights of one model version as bytes: safetensors, finite values only. */
public final class Artifact {
    private Artifact() {}

    /**
     * Encodes weights.
     *
     * @throws IllegalStateException when a value is not finite: such a model is never published
     */
    public static byte[] write(List<Tensor> weights) {
        for (Tensor tensor : weights) {
            int broken = firstNonFinite(tensor.values());
            if (broken >= 0) {
                throw new IllegalStateException(
                        tensor.name() + " holds " + tensor.values()[broken] + " at index " + broken);
            }
        }
        return Safetensors.encode(new Safetensors.Contents(weights, Map.of("format", "millrace-weights-1")));
    }

    /**
     * Decodes weights that were verified against their hash.
     *
     * @throws IOException when the bytes are not safetensors, or a value is not finite
     */
    public static List<Tensor> read(byte[] bytes) throws IOException {
        List<Tensor> weights = Safetensors.decode(bytes).tensors();
        for (Tensor tensor : weights) {
            int broken = firstNonFinite(tensor.values());
            if (broken >= 0) {
                throw new IOException(tensor.name() + " holds " + tensor.values()[broken] + " at index " + broken);
            }
        }
        return weights;
    }

    private static int firstNonFinite(float[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                return i;
            }
        }
        return -1;
    }
}
