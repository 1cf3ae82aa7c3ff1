package dev.mlops.onnx.image;

/**
 * An image between bars, and the way back.
 *
 * @param image the image with its bars
 * @param originalWidth the width of the image before
 * @param originalHeight the height of the image before
 * @param left where the image begins
 * @param top where the image begins
 * @param width the width of the image between the bars
 * @param height the height of the image between the bars
 */
public record Letterboxed(
        Pixels image, int originalWidth, int originalHeight, int left, int top, int width, int height) {
    /** Where a place of this image is in the image before; may lie outside of it. */
    public float originalX(float x) {
        return (float) ((x - left) * (double) originalWidth / width);
    }

    /** Where a place of this image is in the image before; may lie outside of it. */
    public float originalY(float y) {
        return (float) ((y - top) * (double) originalHeight / height);
    }
}
