package io.millrace.quickstart.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class FashionDataTest {
    @Test
    void shouldHoldAsManyImagesOfEachClassWhenBundled() throws IOException {
        FashionData data = FashionData.bundled();

        assertThat(data.training().size()).isEqualTo(10_000);
        assertThat(data.test().size()).isEqualTo(2_000);
        assertThat(perClass(data.training())).containsOnly(1_000);
        assertThat(perClass(data.test())).containsOnly(200);
        assertThat(data.training().pixels(0)).hasSize(28 * 28);
    }

    @Test
    void shouldSayWhatIsWrongWhenAFileIsNotIdx() throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(new byte[64]);
        }
        byte[] bytes = zipped.toByteArray();

        assertThatThrownBy(() -> ImageSet.read(new ByteArrayInputStream(bytes), new ByteArrayInputStream(bytes)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected 2051 as magic number of the images, got 0");
    }

    private static int[] perClass(ImageSet images) {
        int[] counts = new int[10];
        for (int i = 0; i < images.size(); i++) {
            counts[images.label(i)]++;
        }
        return counts;
    }
}
