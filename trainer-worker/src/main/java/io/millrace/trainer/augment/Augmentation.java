package io.millrace.trainer.augment;

import io.millrace.schemas.SampleShape;
import java.util.SplittableRandom;

/**
 * Makes views of one sample. A view has the shape and the order of its sample, is finite where the sample is, and depends
 * on nothing but the sample and the random numbers; views of images stay in 0..1. The sample is never changed.
 * Implementations have no state and may be shared by threads.
 */
public sealed interface Augmentation permits ImageAugmentation, SensorAugmentation {

    /** The augmentation for samples of this shape. */
    static Augmentation of(SampleShape shape, ImageStrength image, SensorStrength sensor) {
        return shape.isImage() ? new ImageAugmentation(shape, image) : new SensorAugmentation(shape, sensor);
    }

    /**
     * Writes the weak view: hardly changed, so that the teacher is at its best.
     *
     * @param sample values in the order of the shape
     * @param batch where the view goes, {@code offset} first
     */
    void weak(float[] sample, SplittableRandom random, float[] batch, int offset);

    /** Writes the strong view: changed as much as its class survives, so that the student has something to learn. */
    void strong(float[] sample, SplittableRandom random, float[] batch, int offset);
}
