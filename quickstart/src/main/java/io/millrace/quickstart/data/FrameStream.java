package io.millrace.quickstart.data;

import io.millrace.quickstart.data.Chance.Question;
import io.millrace.quickstart.data.Drift.Moment;
import io.millrace.record.Encoding;
import io.millrace.record.Frame;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/**
 * The frames of one stream by their sequence number. Frame i shows image {@code order(i)}, comes from a source drawn by
 * a hash, and is called {@code fashion-s<seed>-<i in six digits>}; nothing depends on what was asked before.
 *
 * <p>Not thread-safe.
 */
public final class FrameStream {
    /** Event time between two frames. */
    public static final Duration INTERVAL = Duration.ofMillis(10);

    private final ImageSet images;
    private final StreamPlan plan;
    private int[] order = {};
    private long orderOfPass = -1;

    public FrameStream(ImageSet images, StreamPlan plan) {
        this.images = images;
        this.plan = plan;
    }

    /** The same stream for another thread. */
    public FrameStream copy() {
        return new FrameStream(images, plan);
    }

    /** What decides the stream. */
    public StreamPlan plan() {
        return plan;
    }

    /**
     * One frame.
     *
     * @param start when frame 0 was captured
     */
    public Frame frame(long sequence, Instant start) {
        byte[] pixels = images.pixels(image(sequence));
        Moment moment = new Moment(plan.seed(), sequence, source(sequence), plan.limit());
        byte[] seen = plan.drift().apply(moment, pixels, images.width());
        return Frame.newBuilder()
                .setFrameId(frameId(sequence))
                .setSourceId(sourceId(source(sequence)))
                .setCapturedAt(start.plus(INTERVAL.multipliedBy(sequence)))
                .setEncoding(plan.encoding())
                .setShape(List.of(1, images.height(), images.width()))
                .setData(ByteBuffer.wrap(plan.encoding() == Encoding.PNG ? png(seen) : seen))
                .setBlobSha256(null)
                .build();
    }

    /** The true class of a frame, from 0. */
    public int label(long sequence) {
        return images.label(image(sequence));
    }

    /** The source of a frame, from 0. */
    public int source(long sequence) {
        return (int) (Chance.of(plan.seed(), Question.SOURCE, sequence) * plan.sources());
    }

    /** Id of a source that counts from 0. */
    public static String sourceId(int source) {
        return "camera-" + (source + 1);
    }

    /** Id of a frame. */
    public String frameId(long sequence) {
        return idPrefix() + "%06d".formatted(sequence);
    }

    /** The sequence number behind a frame id; empty when the frame is not of this stream. */
    public OptionalLong sequenceOf(String frameId) {
        String number =
                frameId.startsWith(idPrefix()) ? frameId.substring(idPrefix().length()) : "";
        if (!number.matches("[0-9]{6,15}")) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Long.parseLong(number));
    }

    private String idPrefix() {
        return "fashion-s" + plan.seed() + "-";
    }

    /** Which image frame i shows: each pass over the images has its own order. */
    private int image(long sequence) {
        long pass = sequence / images.size();
        if (pass != orderOfPass) {
            order = shuffled(new SplittableRandom(Chance.bits(plan.seed(), Question.ORDER, pass)));
            orderOfPass = pass;
        }
        return order[(int) (sequence % images.size())];
    }

    private int[] shuffled(SplittableRandom random) {
        int[] shuffled = new int[images.size()];
        for (int i = 0; i < shuffled.length; i++) {
            int j = random.nextInt(i + 1);
            shuffled[i] = shuffled[j];
            shuffled[j] = i;
        }
        return shuffled;
    }

    private byte[] png(byte[] pixels) {
        BufferedImage image = new BufferedImage(images.width(), images.height(), BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, images.width(), images.height(), pixels);
        ByteArrayOutputStream out = new ByteArrayOutputStream(1_024);
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return out.toByteArray();
    }
}
