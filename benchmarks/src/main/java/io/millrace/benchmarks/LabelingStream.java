package io.millrace.benchmarks;

import io.millrace.quickstart.data.Drift;
import io.millrace.quickstart.data.FashionData;
import io.millrace.quickstart.data.FrameStream;
import io.millrace.quickstart.data.StreamPlan;
import io.millrace.quickstart.feed.LabelPlan;
import io.millrace.quickstart.feed.LabelPlan.Due;
import io.millrace.quickstart.feed.LabelPlan.Habits;
import io.millrace.record.Encoding;
import io.millrace.record.Frame;
import io.millrace.schemas.Decoding.Decoded;
import io.millrace.schemas.FrameDecoder;
import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The frames of a seed, decoded, with the labels that a {@link LabelPlan} gives them. Not thread-safe. */
final class LabelingStream {
    static final SampleShape SHAPE = SampleShape.of(1, 28, 28);
    static final int CLASSES = 10;

    private static final FrameDecoder DECODER = new FrameDecoder(SHAPE);

    private final FashionData data;
    private final FrameStream frames;
    private final LabelPlan labels;

    LabelingStream(FashionData data, long seed, int length, Habits habits) {
        this.data = data;
        this.frames = new FrameStream(data.training(), new StreamPlan(seed, 4, Drift.NONE, length, Encoding.RAW_U8));
        this.labels = new LabelPlan(frames, habits, CLASSES);
    }

    /** Number of frames. */
    long length() {
        return frames.plan().limit();
    }

    /** A frame as the trainer sees it, without its label. */
    Sample frame(long sequence) {
        Frame frame = frames.frame(sequence, Instant.EPOCH);
        return new Sample(frame.getFrameId(), frame.getSourceId(), values(frame.getData()), Sample.UNLABELED);
    }

    /** The true class of a frame. */
    int truth(long sequence) {
        return frames.label(sequence);
    }

    /** The sequence number of a frame of this stream. */
    long sequenceOf(String frameId) {
        return frames.sequenceOf(frameId).orElseThrow();
    }

    /** Labels of the plan that arrive with a frame. */
    List<Due> labelsAt(long sequence) {
        return labels.dueAt(sequence);
    }

    /** Test images, with their labels. */
    List<Sample> test() {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < data.test().size(); i++) {
            float[] values = values(ByteBuffer.wrap(data.test().pixels(i)));
            samples.add(new Sample("test-" + i, "test", values, data.test().label(i)));
        }
        return samples;
    }

    private static float[] values(ByteBuffer pixels) {
        if (DECODER.decode(Encoding.RAW_U8, SHAPE.dimensions(), pixels) instanceof Decoded decoded) {
            return decoded.values();
        }
        throw new IllegalStateException(
                "expected an image of shape " + SHAPE + ", got " + pixels.remaining() + " bytes");
    }
}
