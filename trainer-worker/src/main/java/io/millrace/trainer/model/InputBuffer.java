package io.millrace.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.millrace.schemas.SampleShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Samples on their way into native memory: one buffer that grows to the largest batch and is used again, so that a step
 * allocates nothing outside of the heap. One thread at a time.
 */
public final class InputBuffer {
    private final SampleShape shape;
    private final int sampleSize;
    private ByteBuffer bytes;
    private int count;

    /** A buffer for samples of this shape. */
    public InputBuffer(SampleShape shape) {
        this.shape = shape;
        this.sampleSize = shape.values();
        this.bytes = allocate(64L * sampleSize);
    }

    /** Forgets the samples. Arrays made from this buffer must be closed by now: they read its memory. */
    public void clear() {
        count = 0;
    }

    /** Appends one sample. */
    public void add(float[] sample) {
        if (sample.length != sampleSize) {
            throw new IllegalArgumentException("expected a sample of " + sampleSize + " values, got " + sample.length);
        }
        addAll(sample, 1);
    }

    /** Appends samples that lie one after the other. */
    public void addAll(float[] samples, int number) {
        long needed = (long) (count + number) * sampleSize;
        if (needed * Float.BYTES > bytes.capacity()) {
            ByteBuffer larger = allocate(needed + needed / 2);
            larger.asFloatBuffer().put(bytes.asFloatBuffer().limit(count * sampleSize));
            bytes = larger;
        }
        bytes.asFloatBuffer().position(count * sampleSize).put(samples, 0, number * sampleSize);
        count += number;
    }

    /**
     * The samples as one array.
     *
     * @return {@code [B, C, H, W]}, or {@code [B, channels, 1, time]}; float32; owned by {@code scope}; on a CPU it
     *     reads this buffer's memory, so {@link #clear} it only after closing the scope
     */
    public NDArray toArray(NDManager scope) {
        ByteBuffer part = bytes.slice(0, count * sampleSize * Float.BYTES).order(ByteOrder.nativeOrder());
        Shape batch = shape.isImage()
                ? new Shape(
                        count,
                        shape.channels(),
                        shape.dimensions().get(1),
                        shape.dimensions().get(2))
                : new Shape(count, shape.channels(), 1, shape.dimensions().get(1));
        return scope.create(part, batch, DataType.FLOAT32);
    }

    private static ByteBuffer allocate(long floats) {
        return ByteBuffer.allocateDirect(Math.toIntExact(floats * Float.BYTES)).order(ByteOrder.nativeOrder());
    }
}
