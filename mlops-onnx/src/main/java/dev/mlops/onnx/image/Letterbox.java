package dev.mlops.onnx.image;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.pipeline.Stage;
import java.util.Arrays;

/**
 * Makes an image fit by the largest size that keeps its proportions, in the middle, with bars on two sides, as YOLO does.
 * Thread-safe.
 *
 * @param width of the result
 * @param height of the result
 * @param fill the samples of the bars, such as 114, the grey of YOLO; of an image of bytes 0 to 255
 * @param how how it is resized
 */
public record Letterbox(int width, int height, int fill, Resampling how) implements Stage<Pixels, Letterboxed> {
    /** Checks the size and the fill. */
    public Letterbox {
        Pixels.length(width, height, 1);
        if (fill < 0 || fill > 255) {
            throw new InvalidInputException("fill", fill, "must be 0 to 255");
        }
    }

    /** Bars of 114, resized by {@link Resampling#BILINEAR} as OpenCV does. */
    public static Letterbox of(int width, int height) {
        return new Letterbox(width, height, 114, Resampling.BILINEAR);
    }

    @Override
    public Letterboxed apply(Pixels image) {
        double scale = Math.min((double) width / image.width(), (double) height / image.height());
        int inner = clamp(image.width() * scale, width);
        int innerHeight = clamp(image.height() * scale, height);
        Pixels small = Resizer.resize(image, inner, innerHeight, how);
        int left = (width - inner) / 2;
        int top = (height - innerHeight) / 2;
        return new Letterboxed(pasted(small, left, top), image.width(), image.height(), left, top, inner, innerHeight);
    }

    /** A half is rounded to the even number, as Python does, by which YOLO was trained. */
    private static int clamp(double size, int most) {
        return (int) Math.max(1, Math.min(Math.rint(size), most));
    }

    private Pixels pasted(Pixels small, int left, int top) {
        int channels = small.channels();
        Object samples = small.newSamples(width, height, channels);
        if (samples instanceof byte[] bytes) {
            Arrays.fill(bytes, (byte) fill);
        } else {
            Arrays.fill((float[]) samples, fill);
        }
        int line = small.width() * channels;
        for (int y = 0; y < small.height(); y++) {
            System.arraycopy(small.raw(), y * line, samples, ((top + y) * width + left) * channels, line);
        }
        return Pixels.owning(samples, width, height, channels);
    }
}
