package io.millrace.benchmarks.learning;

import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import java.util.List;

/**
 * Frames, late labels and test sets of one benchmark: a pure function of its seed and the sequence number asked for.
 * Sequence numbers count from 0 to {@link #length} - 1. Not thread-safe.
 */
public interface LearningStream {
    /** Short name without spaces, as the results tell it, such as {@code S1a}. */
    String name();

    /** Shape of every sample. */
    SampleShape shape();

    /** Number of classes that labels name. */
    int classes();

    /** Number of frames. */
    long length();

    /** A frame as the trainer sees it, without its label. */
    Sample frame(long sequence);

    /** The true class of a frame, {@link Sample#UNLABELED} when it is of none. Of all arms only the oracle is told. */
    int truth(long sequence);

    /** Labels that arrive just before a frame. */
    List<Label> labelsAt(long sequence);

    /** A test set for each domain, in the order in which the domains first come. */
    List<TestSet> tests();

    /** The domain that a frame is meant to be of, as the place of its set in {@link #tests}. */
    int domain(long sequence);

    /** Places in {@link #tests} of the sets that judge a model which has seen the frames up to this one; not empty. */
    default List<Integer> judges(long sequence) {
        return List.of(domain(sequence));
    }

    /** Sequence numbers of the frames with which an abrupt drift begins, in order. */
    default List<Long> drifts() {
        return List.of();
    }

    /** Test samples with the trigger of a backdoor, under the class that the attacker wants; none without an attack. */
    default List<Sample> triggered() {
        return List.of();
    }

    /**
     * A label.
     *
     * @param sequence frame it speaks of, which may be a later one: such a frame was labeled before it is streamed
     * @param classIndex class it names, from 0; need not be the truth
     */
    record Label(long sequence, int classIndex) {}
}
