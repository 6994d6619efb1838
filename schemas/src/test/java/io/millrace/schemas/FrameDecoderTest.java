package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.record.Encoding;
import io.millrace.schemas.Decoding.Decoded;
import io.millrace.schemas.Decoding.Refused;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;

class FrameDecoderTest {
    private final FrameDecoder grey = new FrameDecoder(SampleShape.of(1, 4, 6));
    private final FrameDecoder colour = new FrameDecoder(SampleShape.of(3, 4, 6));

    @Test
    void shouldScaleBytesToOne() {
        // Given
        ByteBuffer data = ByteBuffer.allocate(24);
        data.put(0, (byte) 255).put(1, (byte) 128).put(23, (byte) 1);
        // When
        float[] values = decoded(grey.decode(Encoding.RAW_U8, List.of(1, 4, 6), data));
        // Then
        assertThat(values).hasSize(24).contains(1f, 128 / 255f, 1 / 255f);
        assertThat(data.position()).isZero();
    }

    @Test
    void shouldReadFloatsLittleEndianInOrder() {
        // Given
        ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(new float[] {1.5f, -2f, 0f, 1e5f});
        // When
        float[] values = decoded(new FrameDecoder(SampleShape.of(2, 2)).decode(Encoding.F32_LE, List.of(2, 2), data));
        // Then
        assertThat(values).containsExactly(1.5f, -2f, 0f, 1e5f);
    }

    @Test
    void shouldRefuseFloatImageWhenOutOfRange() {
        // Given
        ByteBuffer data = ByteBuffer.allocate(96).order(ByteOrder.LITTLE_ENDIAN);
        data.putFloat(0, 1.01f);
        // When
        Decoding decoding = grey.decode(Encoding.F32_LE, List.of(1, 4, 6), data);
        // Then
        assertRefused(decoding, Reason.NON_FINITE);
    }

    @Test
    void shouldReadPngExactlyAsItWasWritten() throws IOException {
        // Given
        BufferedImage image = new BufferedImage(6, 4, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(5, 0, 0, 77);
        image.getRaster().setSample(0, 3, 0, 200);
        // When
        float[] values = decoded(grey.decode(Encoding.PNG, List.of(1, 4, 6), encoded(image, "png")));
        // Then
        assertThat(values[5]).isEqualTo(77 / 255f);
        assertThat(values[18]).isEqualTo(200 / 255f);
    }

    @Test
    void shouldPutChannelsFirstWhenImageHasColour() throws IOException {
        // Given
        BufferedImage image = new BufferedImage(6, 4, BufferedImage.TYPE_3BYTE_BGR);
        image.setRGB(1, 0, 0x102030);
        // When
        float[] values = decoded(colour.decode(Encoding.PNG, List.of(3, 4, 6), encoded(image, "png")));
        // Then
        assertThat(new float[] {values[1], values[24 + 1], values[48 + 1]})
                .containsExactly(0x10 / 255f, 0x20 / 255f, 0x30 / 255f);
    }

    @Test
    void shouldReadJpegAsNearAsJpegIs() throws IOException {
        // Given
        BufferedImage image = new BufferedImage(6, 4, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 24; i++) {
            image.getRaster().setSample(i % 6, i / 6, 0, 100);
        }
        // When
        float[] values = decoded(grey.decode(Encoding.JPEG, List.of(1, 4, 6), encoded(image, "jpeg")));
        // Then
        for (float value : values) {
            assertThat(value).isCloseTo(100 / 255f, within(0.02f));
        }
    }

    @Test
    void shouldRefuseWhenImageIsNotTheShapeOfThePipeline() throws IOException {
        BufferedImage wide = new BufferedImage(7, 4, BufferedImage.TYPE_BYTE_GRAY);
        BufferedImage colourful = new BufferedImage(6, 4, BufferedImage.TYPE_3BYTE_BGR);
        BufferedImage deep = new BufferedImage(6, 4, BufferedImage.TYPE_USHORT_GRAY);
        BufferedImage oneBit = new BufferedImage(6, 4, BufferedImage.TYPE_BYTE_BINARY);
        for (BufferedImage image : List.of(wide, colourful, deep, oneBit)) {
            assertRefused(grey.decode(Encoding.PNG, List.of(1, 4, 6), encoded(image, "png")), Reason.WRONG_SHAPE);
        }
    }

    @Test
    void shouldKeepTheOrderOfColoursWhenImageIsJpeg() throws IOException {
        // Given
        BufferedImage image = new BufferedImage(6, 4, BufferedImage.TYPE_3BYTE_BGR);
        for (int i = 0; i < 24; i++) {
            image.setRGB(i % 6, i / 6, 0xC86432);
        }
        // When
        float[] values = decoded(colour.decode(Encoding.JPEG, List.of(3, 4, 6), encoded(image, "jpeg")));
        // Then
        for (int i = 0; i < 24; i++) {
            assertThat(values[i]).isCloseTo(200 / 255f, within(0.03f));
            assertThat(values[24 + i]).isCloseTo(100 / 255f, within(0.03f));
            assertThat(values[48 + i]).isCloseTo(50 / 255f, within(0.03f));
        }
    }

    @Test
    void shouldRefuseWhenAColourPipelineGetsGreyOrTransparentImages() throws IOException {
        BufferedImage plain = new BufferedImage(6, 4, BufferedImage.TYPE_BYTE_GRAY);
        BufferedImage transparent = new BufferedImage(6, 4, BufferedImage.TYPE_4BYTE_ABGR);

        assertRefused(colour.decode(Encoding.JPEG, List.of(3, 4, 6), encoded(plain, "jpeg")), Reason.WRONG_SHAPE);
        assertRefused(colour.decode(Encoding.PNG, List.of(3, 4, 6), encoded(plain, "png")), Reason.WRONG_SHAPE);
        assertRefused(colour.decode(Encoding.PNG, List.of(3, 4, 6), encoded(transparent, "png")), Reason.WRONG_SHAPE);
    }

    @Test
    void shouldRefuseWhenJpegHasFourChannels() throws IOException {
        // Given
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 6, 4, 4, null);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(raster, null, null), null);
        }
        // When
        Decoding decoding = colour.decode(Encoding.JPEG, List.of(3, 4, 6), ByteBuffer.wrap(bytes.toByteArray()));
        // Then
        assertRefused(decoding, Reason.WRONG_SHAPE);
    }

    @Test
    void shouldRefuseWhenAnotherFormatHidesBehindTheEncoding() throws IOException {
        // Given
        BufferedImage image = new BufferedImage(6, 4, BufferedImage.TYPE_BYTE_GRAY);
        // When
        Decoding gif = grey.decode(Encoding.PNG, List.of(1, 4, 6), encoded(image, "gif"));
        Decoding bmp = grey.decode(Encoding.JPEG, List.of(1, 4, 6), encoded(image, "bmp"));
        Decoding nothing = grey.decode(Encoding.JPEG, List.of(1, 4, 6), ByteBuffer.allocate(0));
        // Then
        assertRefused(gif, Reason.UNDECODABLE);
        assertRefused(bmp, Reason.UNDECODABLE);
        assertRefused(nothing, Reason.UNDECODABLE);
    }

    private static ByteBuffer encoded(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, out)).isTrue();
        return ByteBuffer.wrap(out.toByteArray());
    }

    private static float[] decoded(Decoding decoding) {
        assertThat(decoding).isInstanceOf(Decoded.class);
        return ((Decoded) decoding).values();
    }

    private static void assertRefused(Decoding decoding, Reason reason) {
        assertThat(decoding)
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.reason()).isEqualTo(reason));
    }
}
