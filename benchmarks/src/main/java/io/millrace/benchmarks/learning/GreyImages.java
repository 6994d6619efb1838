package io.millrace.benchmarks.learning;

import io.millrace.quickstart.data.ImageSet;
import io.millrace.record.Encoding;
import io.millrace.schemas.Decoding.Decoded;
import io.millrace.schemas.FrameDecoder;
import io.millrace.schemas.SampleShape;
import io.millrace.trainer.batch.Sample;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Grey images of one size by number, and their classes in a stream. Images of a class that the stream does not know are of
 * none.
 */
final class GreyImages {
    private final List<ImageSet> sets;
    private final List<Integer> known;
    private final int firstSize;
    private final FrameDecoder decoder;

    private GreyImages(List<ImageSet> sets, List<Integer> known) {
        this.sets = List.copyOf(sets);
        this.known = List.copyOf(known);
        this.firstSize = sets.get(0).size();
        this.decoder = new FrameDecoder(shape());
    }

    /** Images of which the classes named are known: the first of them is class 0 of the stream, and so on. */
    static GreyImages of(ImageSet images, List<Integer> known) {
        return new GreyImages(List.of(images), known);
    }

    /** The same, and further images of the same size that are of no class. */
    GreyImages and(ImageSet strangers) {
        if (strangers.width() != width()
                || strangers.height() != shape().dimensions().get(1)) {
            throw new IllegalArgumentException(
                    "expected images of " + shape() + ", got " + strangers.height() + " x " + strangers.width());
        }
        List<ImageSet> all = new ArrayList<>(sets);
        all.add(strangers);
        return new GreyImages(all, known);
    }

    final SampleShape shape() {
        return SampleShape.of(1, sets.get(0).height(), sets.get(0).width());
    }

    int width() {
        return sets.get(0).width();
    }

    int classes() {
        return known.size();
    }

    /** Class of an image in the stream, or {@link Sample#UNLABELED}. */
    int truth(int image) {
        return image < firstSize ? known.indexOf(sets.get(0).label(image)) : Sample.UNLABELED;
    }

    /** Numbers of the images of which the class is as asked. */
    int[] numbers(IntPredicate ofClass) {
        int count = sets.stream().mapToInt(ImageSet::size).sum();
        return IntStream.range(0, count)
                .filter(image -> ofClass.test(truth(image)))
                .toArray();
    }

    /** Pixels of an image; a copy. */
    byte[] pixels(int image) {
        return image < firstSize ? sets.get(0).pixels(image) : sets.get(1).pixels(image - firstSize);
    }

    /** Values as the pipeline decodes a frame of encoding RAW_U8: 0..1. */
    float[] values(byte[] pixels) {
        if (decoder.decode(Encoding.RAW_U8, shape().dimensions(), ByteBuffer.wrap(pixels)) instanceof Decoded decoded) {
            return decoded.values();
        }
        throw new IllegalStateException("expected an image of shape " + shape() + ", got " + pixels.length + " bytes");
    }
}
