package io.millrace.stream.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.record.Encoding;
import io.millrace.record.Frame;
import io.millrace.schemas.Reason;
import io.millrace.schemas.SampleShape;
import io.millrace.stream.flow.Verdict;
import io.millrace.stream.flow.Verdict.Rejected;
import io.millrace.stream.flow.Verdict.Valid;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameValidatorTest {
    private static final long NOW = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final Duration MAX_AGE = Duration.ofHours(1);
    private static final Duration MAX_FUTURE = Duration.ofMinutes(1);
    private static final int SIDE = 28;

    private final FrameValidator images = validator(SampleShape.of(1, SIDE, SIDE));
    private final FrameValidator windows = validator(SampleShape.of(2, 3));

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "png"})
    void shouldPassWhenImageIsWhole(String format) {
        // Given
        Frame frame = image(format, encoded(format)).build();
        // When
        Verdict verdict = check(images, frame);
        // Then
        assertThat(verdict).isInstanceOf(Valid.class);
    }

    @Test
    void shouldPassWhenSensorWindowIsFinite() {
        // Given
        Frame frame = window(0f, -1.5f, 3f, 1e5f, -1e5f, 0.1f).build();
        // When
        Verdict verdict = check(windows, frame);
        // Then
        assertThat(verdict).isInstanceOf(Valid.class);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e38f})
    void shouldRejectWhenSensorValueIsNotFinite(float bad) {
        // When
        Verdict verdict = check(windows, window(0f, 1f, 2f, bad, 4f, 5f).build());
        // Then
        assertRejected(verdict, Reason.NON_FINITE);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 10, 25, 50, 75, 90, 99})
    void shouldRejectWhenJpegIsTruncated(int percent) {
        // Given
        byte[] whole = encoded("jpeg");
        // When
        Verdict verdict = check(
                images,
                image("jpeg", Arrays.copyOf(whole, whole.length * percent / 100))
                        .build());
        // Then
        assertRejected(verdict, Reason.UNDECODABLE);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 50, 95})
    void shouldRejectWhenPngIsTruncated(int percent) {
        // Given
        byte[] whole = encoded("png");
        // When
        Verdict verdict = check(
                images,
                image("png", Arrays.copyOf(whole, whole.length * percent / 100)).build());
        // Then
        assertRejected(verdict, Reason.UNDECODABLE);
    }

    @Test
    void shouldRejectFromTheHeaderWhenPngClaimsHugeSize() {
        // Given
        byte[] bomb = pngHeader(30_000, 30_000);
        check(images, image("png", encoded("png")).build());
        // When
        long before = System.nanoTime();
        Verdict verdict = check(images, image("png", bomb).build());
        long tookMs = Duration.ofNanos(System.nanoTime() - before).toMillis();
        // Then
        assertRejected(verdict, Reason.WRONG_SHAPE);
        assertThat(tookMs).isLessThan(500);
    }

    @Test
    void shouldRejectWhenFormatIsNotTheOneStated() {
        assertRejected(check(images, image("png", encoded("jpeg")).build()), Reason.UNDECODABLE);
        assertRejected(
                check(
                        images,
                        image("jpeg", "<svg/>".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                                .build()),
                Reason.UNDECODABLE);
    }

    @Test
    void shouldRejectWhenEncodingIsUnknownOrOfAnotherKind() {
        // Given
        Frame unknown = raw().setEncoding(Encoding.UNKNOWN).build();
        Frame jpegWindow =
                window(0f, 1f, 2f, 3f, 4f, 5f).setEncoding(Encoding.JPEG).build();
        // When
        Verdict first = check(images, unknown);
        Verdict second = check(windows, jpegWindow);
        // Then
        assertRejected(first, Reason.UNKNOWN_ENCODING);
        assertRejected(second, Reason.UNKNOWN_ENCODING);
    }

    @Test
    void shouldRejectWhenShapeIsAnother() {
        for (List<Integer> shape : List.of(
                List.<Integer>of(),
                List.of(1, 28),
                List.of(1, 28, 27),
                List.of(1, 1, 28, 28),
                List.of(-1, -28, 28),
                List.of(Integer.MAX_VALUE, Integer.MAX_VALUE, 2))) {
            assertRejected(check(images, raw().setShape(shape).build()), Reason.WRONG_SHAPE);
        }
        assertRejected(
                check(
                        images,
                        raw().setData(ByteBuffer.allocate(SIDE * SIDE - 1)).build()),
                Reason.WRONG_SHAPE);
        assertRejected(check(images, raw().setData(ByteBuffer.allocate(0)).build()), Reason.WRONG_SHAPE);
    }

    @Test
    void shouldRejectWhenIdIsEmptyOrTooLong() {
        assertRejected(check(images, raw().setFrameId("").build()), Reason.BAD_FIELD);
        assertRejected(check(images, raw().setFrameId("x".repeat(201)).build()), Reason.BAD_FIELD);
        assertRejected(check(images, raw().setSourceId("").build()), Reason.BAD_FIELD);
        assertThat(check(images, raw().setFrameId("x".repeat(200)).build())).isInstanceOf(Valid.class);
    }

    @Test
    void shouldRejectWhenInlineBytesAreTooMany() {
        // Given
        Frame frame = raw().setData(ByteBuffer.allocate(FrameValidator.MAX_INLINE_BYTES + 1))
                .build();
        // When
        Verdict verdict = check(images, frame);
        // Then
        assertRejected(verdict, Reason.BAD_FIELD);
    }

    @Test
    void shouldRejectWhenKeyIsAnotherSource() {
        // When
        Verdict verdict = images.check("lidar", raw().build(), NOW);
        // Then
        assertRejected(verdict, Reason.KEY_MISMATCH);
    }

    @Test
    void shouldRejectWhenCapturedOutsideTheWindow() {
        assertThat(check(images, at(NOW - MAX_AGE.toMillis()))).isInstanceOf(Valid.class);
        assertRejected(check(images, at(NOW - MAX_AGE.toMillis() - 1)), Reason.BAD_TIME);
        assertThat(check(images, at(NOW + MAX_FUTURE.toMillis()))).isInstanceOf(Valid.class);
        assertRejected(check(images, at(NOW + MAX_FUTURE.toMillis() + 1)), Reason.BAD_TIME);
        assertRejected(check(images, at(Long.MAX_VALUE)), Reason.BAD_TIME);
        assertRejected(check(images, at(Long.MIN_VALUE)), Reason.BAD_TIME);
        assertRejected(check(images, at(-1)), Reason.BAD_TIME);
    }

    @Test
    void shouldRejectWhenBlobHashIsNoneOrDataIsThereToo() {
        assertRejected(
                check(
                        images,
                        raw().setBlobSha256("../../etc/passwd")
                                .setData(ByteBuffer.allocate(0))
                                .build()),
                Reason.BAD_FIELD);
        assertRejected(check(images, raw().setBlobSha256("a".repeat(64)).build()), Reason.BAD_FIELD);
        assertRejected(
                check(
                        images,
                        raw().setBlobSha256("a".repeat(64))
                                .setData(ByteBuffer.allocate(0))
                                .build()),
                Reason.BLOB_MISSING);
    }

    @Test
    void shouldNeverThrowWhenBytesAreDamaged() {
        // Given
        Random random = new Random(7);
        for (String format : List.of("jpeg", "png")) {
            byte[] whole = encoded(format);
            for (int i = 0; i < 500; i++) {
                byte[] damaged = whole.clone();
                for (int j = 0; j <= random.nextInt(8); j++) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
                // When
                Verdict verdict = check(images, image(format, damaged).build());
                // Then
                assertThat(verdict).isNotNull();
            }
        }
    }

    private static FrameValidator validator(SampleShape shape) {
        return new FrameValidator(shape, sha256 -> Optional.empty(), MAX_AGE, MAX_FUTURE);
    }

    private static Verdict check(FrameValidator validator, Frame frame) {
        return validator.check(frame.getSourceId(), frame, NOW);
    }

    private static void assertRejected(Verdict verdict, Reason reason) {
        assertThat(verdict).isInstanceOfSatisfying(Rejected.class, rejected -> {
            assertThat(rejected.reason()).isEqualTo(reason);
            assertThat(rejected.detail()).isNotBlank();
        });
    }

    private static Frame at(long capturedAt) {
        return raw().setCapturedAt(Instant.ofEpochMilli(capturedAt)).build();
    }

    private static Frame.Builder raw() {
        return Frame.newBuilder()
                .setFrameId("f")
                .setSourceId("camera")
                .setCapturedAt(Instant.ofEpochMilli(NOW))
                .setEncoding(Encoding.RAW_U8)
                .setShape(List.of(1, SIDE, SIDE))
                .setData(ByteBuffer.allocate(SIDE * SIDE));
    }

    private static Frame.Builder image(String format, byte[] bytes) {
        return raw().setEncoding("png".equals(format) ? Encoding.PNG : Encoding.JPEG)
                .setData(ByteBuffer.wrap(bytes));
    }

    private static Frame.Builder window(float... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return raw().setEncoding(Encoding.F32_LE).setShape(List.of(2, 3)).setData(data);
    }

    /** Noise, so that the entropy-coded part is most of the file. */
    private static byte[] encoded(String format) {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        Random random = new Random(1);
        for (int i = 0; i < SIDE * SIDE; i++) {
            image.getRaster().setSample(i % SIDE, i / SIDE, 0, random.nextInt(256));
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] pngHeader(int width, int height) {
        ByteBuffer chunk = ByteBuffer.allocate(17);
        chunk.put(new byte[] {'I', 'H', 'D', 'R'}).putInt(width).putInt(height);
        chunk.put(new byte[] {8, 0, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(chunk.array());
        ByteBuffer png = ByteBuffer.allocate(8 + 4 + 17 + 4);
        png.put(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'})
                .putInt(13)
                .put(chunk.array())
                .putInt((int) crc.getValue());
        return png.array();
    }
}
