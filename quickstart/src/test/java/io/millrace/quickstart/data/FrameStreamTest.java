package io.millrace.quickstart.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.record.Encoding;
import io.millrace.record.Frame;
import io.millrace.schemas.Decoding.Decoded;
import io.millrace.schemas.FrameDecoder;
import io.millrace.schemas.SampleShape;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FrameStreamTest {
    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final FrameDecoder DECODER = new FrameDecoder(SampleShape.of(1, 28, 28));
    private static ImageSet images;

    @BeforeAll
    static void read() throws IOException {
        images = FashionData.bundled().training();
    }

    @Test
    void shouldGiveTheSameFrameWhenAskedInAnotherOrder() {
        FrameStream forward = new FrameStream(images, StreamPlan.of(7, 30_000));
        FrameStream backward = new FrameStream(images, StreamPlan.of(7, 30_000));

        Frame last = backward.frame(25_000, START);

        assertThat(backward.frame(3, START)).isEqualTo(forward.frame(3, START));
        assertThat(forward.frame(25_000, START)).isEqualTo(last);
        assertThat(last.getFrameId()).isEqualTo("fashion-s7-025000");
        assertThat(last.getCapturedAt()).isEqualTo(START.plusSeconds(250));
        assertThat(forward.sequenceOf("fashion-s7-025000")).hasValue(25_000);
        assertThat(forward.sequenceOf("fashion-s8-025000")).isEmpty();
        assertThat(forward.sequenceOf("something else")).isEmpty();
    }

    @Test
    void shouldShowEveryImageOnceWhenPassedOnce() {
        FrameStream stream = new FrameStream(images, new StreamPlan(7, 3, Drift.NONE, 10_000, Encoding.RAW_U8));
        FrameStream other = new FrameStream(images, StreamPlan.of(8, 10_000));
        int[] perClass = new int[10];
        int[] perSource = new int[3];
        int same = 0;
        Set<String> ids = new HashSet<>();

        for (int i = 0; i < 10_000; i++) {
            perClass[stream.label(i)]++;
            perSource[stream.source(i)]++;
            ids.add(stream.frameId(i));
            same += stream.label(i) == other.label(i) ? 1 : 0;
        }

        assertThat(perClass).containsOnly(1_000);
        assertThat(ids).hasSize(10_000);
        for (int frames : perSource) {
            assertThat(frames).isBetween(3_100, 3_570);
        }
        assertThat(same).isBetween(800, 1_200);
    }

    @Test
    void shouldDecodeToTheSamePixelsWhenEncodedAsPng() {
        FrameStream png = new FrameStream(images, StreamPlan.of(7, 100));
        FrameStream raw = new FrameStream(images, new StreamPlan(7, 4, Drift.NONE, 100, Encoding.RAW_U8));

        for (int i = 0; i < 100; i++) {
            assertThat(pixels(png.frame(i, START))).isEqualTo(pixels(raw.frame(i, START)));
        }
    }

    @Test
    void shouldTurnOnlyTheSecondHalfWhenRotated() {
        FrameStream plain = raw(Drift.NONE);
        FrameStream rotated = raw(Drift.ROTATE);

        for (int i = 0; i < 100; i++) {
            assertThat(pixels(rotated.frame(i, START)).equals(pixels(plain.frame(i, START))))
                    .as("frame " + i)
                    .isEqualTo(i < 50);
        }
    }

    @Test
    void shouldTurnAnUprightBarBy36DegreesWhenRotated() {
        byte[] bar = new byte[28 * 28];
        for (int y = 2; y < 26; y++) {
            bar[y * 28 + 13] = (byte) 200;
            bar[y * 28 + 14] = (byte) 200;
        }

        byte[] turned = Drift.ROTATE.apply(new Drift.Moment(7, 99, 0, 100), bar.clone(), 28);

        // Ten pixels above the centre the bar now lies 10 sin 36 = 5.9 to one side, 10 cos 36 = 8.1 up.
        assertThat(turned[14 * 28 + 14] & 0xFF).isGreaterThan(150);
        assertThat(turned[4 * 28 + 14] & 0xFF).isZero();
        int right = Math.max(turned[5 * 28 + 19] & 0xFF, turned[6 * 28 + 19] & 0xFF);
        int left = Math.max(turned[5 * 28 + 8] & 0xFF, turned[6 * 28 + 8] & 0xFF);
        assertThat(Math.max(left, right)).isGreaterThan(100);
        assertThat(Math.min(left, right)).isZero();
    }

    @Test
    void shouldExposeBadlyInStretchesOfSomeSourcesWhenBrightnessFails() {
        FrameStream plain = new FrameStream(images, new StreamPlan(7, 4, Drift.NONE, 10_000, Encoding.RAW_U8));
        FrameStream faulty = new FrameStream(images, new StreamPlan(7, 4, Drift.BRIGHTNESS, 10_000, Encoding.RAW_U8));
        int changed = 0;

        for (int i = 0; i < 10_000; i++) {
            boolean same = pixels(plain.frame(i, START)).equals(pixels(faulty.frame(i, START)));
            changed += same ? 0 : 1;
            assertThat(same || plain.source(i) % 2 == 0).isTrue();
        }

        assertThat(changed).isBetween(1_500, 3_500);
    }

    private static FrameStream raw(Drift drift) {
        return new FrameStream(images, new StreamPlan(7, 4, drift, 100, Encoding.RAW_U8));
    }

    private static String pixels(Frame frame) {
        Decoded decoded = (Decoded) DECODER.decode(frame.getEncoding(), frame.getShape(), frame.getData());
        return java.util.Arrays.toString(decoded.values());
    }
}
