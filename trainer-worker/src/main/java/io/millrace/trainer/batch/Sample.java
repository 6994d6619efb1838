package io.millrace.trainer.batch;

/**
 * One decoded frame as the learner sees it.
 *
 * @param frameId frame id
 * @param sourceId camera or sensor
 * @param values row-major in the order of the pipeline's shape ({@code [C, H, W]} or {@code [C, T]}); 0..1 for images;
 *     shared, never changed
 * @param label class index, or {@link #UNLABELED}
 */
@SuppressWarnings("ArrayRecordComponent") // shared read-only pixels; samples are told apart by frame id
public record Sample(String frameId, String sourceId, float[] values, int label) {
    /** The label of a sample without one. */
    public static final int UNLABELED = -1;

    /** The same frame with a label. */
    public Sample labeled(int classIndex) {
        return new Sample(frameId, sourceId, values, classIndex);
    }
}
