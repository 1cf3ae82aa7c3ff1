package dev.mlops.onnx.image;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.pipeline.Stage;
import java.util.Arrays;

/** Takes a mean from each channel and divides it by a deviation. */
final class Normalisation implements Stage<Pixels, Pixels> {
    private final float[] mean;
    private final float[] deviation;

    Normalisation(float[] mean, float[] deviation) {
        this.mean = mean.clone();
        this.deviation = deviation.clone();
        if (mean.length == 0 || mean.length != deviation.length) {
            throw new InvalidInputException(
                    "mean", Arrays.toString(mean), "must be of as many channels as " + Arrays.toString(deviation));
        }
        for (int i = 0; i < mean.length; i++) {
            if (!Float.isFinite(mean[i]) || !Float.isFinite(deviation[i]) || deviation[i] == 0) {
                throw new InvalidInputException(
                        "channel " + i, mean[i] + ", " + deviation[i], "must be finite, the deviation not 0");
            }
        }
    }

    @Override
    public Pixels apply(Pixels image) {
        if (image.channels() != mean.length) {
            throw new InvalidInputException("image", image, "must have " + mean.length + " channels");
        }
        float[] samples = image.floats();
        for (int i = 0; i < samples.length; i++) {
            int channel = i % mean.length;
            samples[i] = (samples[i] - mean[channel]) / deviation[channel];
        }
        return Pixels.owning(samples, image.width(), image.height(), image.channels());
    }
}
