package io.millrace.quickstart;

import io.millrace.record.Encoding;
import io.millrace.record.Frame;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/**
 * Colour frames: squares of 32 x 32 pixels out of ten pictures, seen by a camera whose exposure is never quite right, as
 * JPEG. Which picture a square is from is its class. Squares to learn from and squares to be judged by have no pixel in
 * common.
 */
final class Pictures {
    /** The pictures, which are the classes. */
    static final List<String> CLASSES = List.of(
            "astronaut",
            "brick",
            "chelsea",
            "coffee",
            "grass",
            "gravel",
            "hubble_deep_field",
            "ihc",
            "retina",
            "rocket");

    private static final int SIDE = 32;
    /** Columns from here on are for judging. */
    private static final int BORDER = 96;

    private final List<BufferedImage> pictures = new ArrayList<>();
    private final Instant start;

    /** @param start when the first frame is captured */
    Pictures(Instant start) throws IOException {
        this.start = start;
        for (String name : CLASSES) {
            try (InputStream in = Pictures.class.getResourceAsStream("/pictures/" + name + ".jpg")) {
                pictures.add(ImageIO.read(Objects.requireNonNull(in, name)));
            }
        }
    }

    /** A frame to learn from; its class is its number modulo ten. */
    Frame toLearn(int number) {
        return frame("learn", number, 0, BORDER);
    }

    /** A frame to judge by. */
    Frame toJudge(int number) {
        return frame("judge", number, BORDER, pictures.get(0).getWidth());
    }

    /** The class of a frame. */
    static int truth(int number) {
        return number % CLASSES.size();
    }

    private Frame frame(String name, int number, int left, int right) {
        SplittableRandom random = new SplittableRandom(number);
        BufferedImage picture = pictures.get(truth(number));
        int x = left + random.nextInt(right - left - SIDE + 1);
        int y = random.nextInt(picture.getHeight() - SIDE + 1);
        double exposure = 0.6 + 0.8 * random.nextDouble();
        BufferedImage square = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        for (int row = 0; row < SIDE; row++) {
            for (int column = 0; column < SIDE; column++) {
                square.setRGB(column, row, exposed(picture.getRGB(x + column, y + row), exposure));
            }
        }
        return Frame.newBuilder()
                .setFrameId("%s-%05d".formatted(name, number))
                .setSourceId("camera-" + number / 3 % 4)
                .setCapturedAt(start.plusMillis(10L * number))
                .setEncoding(Encoding.JPEG)
                .setShape(List.of(3, SIDE, SIDE))
                .setData(jpeg(square))
                .build();
    }

    private static int exposed(int rgb, double by) {
        int seen = 0;
        for (int shift = 0; shift <= 16; shift += 8) {
            seen |= (int) Math.min(255, by * (rgb >> shift & 0xFF)) << shift;
        }
        return seen;
    }

    private static ByteBuffer jpeg(BufferedImage image) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, "jpeg", out)) {
                throw new IllegalStateException("expected a writer of JPEG, got none");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return ByteBuffer.wrap(out.toByteArray());
    }
}
