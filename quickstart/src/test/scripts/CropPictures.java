import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * Makes the pictures of {@code src/test/resources/pictures}: the middle of each original, 160 x 112 pixels, as JPEG.
 *
 * <pre>
 *   java quickstart/src/test/scripts/CropPictures.java /usr/lib/python3/dist-packages/skimage/data \
 *       quickstart/src/test/resources/pictures
 * </pre>
 */
class CropPictures {
    private static final int WIDTH = 160;
    private static final int HEIGHT = 112;

    public static void main(String[] arguments) throws IOException {
        List<String> originals = List.of(
                "astronaut.png", "brick.png", "chelsea.png", "coffee.png", "grass.png", "gravel.png",
                "hubble_deep_field.jpg", "ihc.png", "retina.jpg", "rocket.jpg");
        for (String original : originals) {
            BufferedImage image = ImageIO.read(Path.of(arguments[0], original).toFile());
            String name = original.replaceFirst("[.].*", "") + ".jpg";
            ImageIO.write(middle(image), "jpeg", Path.of(arguments[1], name).toFile());
        }
    }

    private static BufferedImage middle(BufferedImage image) {
        BufferedImage scaled = image;
        while (scaled.getWidth() >= 4 * WIDTH && scaled.getHeight() >= 4 * HEIGHT) {
            scaled = drawn(scaled, scaled.getWidth() / 2, scaled.getHeight() / 2, 0.5);
        }
        double scale = Math.max((double) WIDTH / scaled.getWidth(), (double) HEIGHT / scaled.getHeight());
        return drawn(scaled, WIDTH, HEIGHT, scale);
    }

    private static BufferedImage drawn(BufferedImage image, int width, int height, double scale) {
        BufferedImage to = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D graphics = to.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        int drawnWidth = (int) Math.round(image.getWidth() * scale);
        int drawnHeight = (int) Math.round(image.getHeight() * scale);
        graphics.drawImage(image, (width - drawnWidth) / 2, (height - drawnHeight) / 2, drawnWidth, drawnHeight, null);
        graphics.dispose();
        return to;
    }
}
