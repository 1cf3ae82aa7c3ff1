package dev.mlops.examples;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Draws small pictures of shapes, as an unsteady camera would see them; equal seeds give equal pictures. */
final class Shapes {
    private static final int SIDE = 64;

    private Shapes() {}

    /** Draws pictures {@code folder/shape/000.png} and so on. */
    static void draw(Path folder, Shape shape, int from, int to, long seed) {
        for (int i = from; i < to; i++) {
            write(
                    folder.resolve("%s/%03d.png".formatted(shape.folder, i)),
                    picture(shape, new Random(1000 * seed + i)));
        }
    }

    /** What is on a picture. */
    enum Shape {
        CIRCLE("circle"),
        SQUARE("square"),
        TRIANGLE("triangle");

        private final String folder;

        Shape(String folder) {
            this.folder = folder;
        }

        private void paint(Graphics2D to, int x, int y, int size) {
            switch (this) {
                case CIRCLE -> to.fillOval(x, y, size, size);
                case SQUARE -> to.fillRect(x, y, size, size);
                case TRIANGLE ->
                    to.fillPolygon(new int[] {x, x + size, x + size / 2}, new int[] {y + size, y + size, y}, 3);
            }
        }
    }

    private static byte[] picture(Shape shape, Random random) {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(Color.LIGHT_GRAY);
        graphics.fillRect(0, 0, SIDE, SIDE);
        graphics.setColor(Color.getHSBColor(random.nextFloat(), 0.8f, 0.7f));
        int size = 20 + random.nextInt(30);
        shape.paint(graphics, random.nextInt(SIDE - size), random.nextInt(SIDE - size), size);
        graphics.dispose();
        for (int i = 0; i < SIDE * SIDE; i++) {
            image.setRGB(i % SIDE, i / SIDE, image.getRGB(i % SIDE, i / SIDE) ^ random.nextInt(8));
        }
        return png(image);
    }

    private static byte[] png(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image, "png", stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
