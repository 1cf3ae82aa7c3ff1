package dev.mlops.onnx.detection;

import dev.mlops.api.error.InvalidInputException;

/**
 * A rectangle in an image, in pixels from its left and upper edges.
 *
 * @param left the left edge
 * @param top the upper edge
 * @param right the right edge, not less than the left one
 * @param bottom the lower edge, not less than the upper one
 */
public record Box(float left, float top, float right, float bottom) {
    /** Checks that the edges are finite and in order. */
    public Box {
        boolean isFinite =
                Float.isFinite(left) && Float.isFinite(top) && Float.isFinite(right) && Float.isFinite(bottom);
        if (!isFinite || right < left || bottom < top) {
            throw new InvalidInputException(
                    "box", "%s,%s,%s,%s".formatted(left, top, right, bottom), "must have finite edges in order");
        }
    }

    /** A box from its centre and size. */
    public static Box centred(float x, float y, float width, float height) {
        return new Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2);
    }

    /** Its width. */
    public float width() {
        return right - left;
    }

    /** Its height. */
    public float height() {
        return bottom - top;
    }

    /** Its area. */
    public double area() {
        return ((double) right - left) * ((double) bottom - top);
    }

    /** Intersection over union (P. Jaccard, 1901), 0 to 1; 0 of two boxes without an area. */
    public double iou(Box other) {
        double width = (double) Math.min(right, other.right) - Math.max(left, other.left);
        double height = (double) Math.min(bottom, other.bottom) - Math.max(top, other.top);
        double shared = Math.max(width, 0) * Math.max(height, 0);
        double union = area() + other.area() - shared;
        return union > 0 ? shared / union : 0;
    }

    /** The part of it within an image; without an area if it is outside. */
    public Box clipped(int width, int height) {
        return new Box(clip(left, width), clip(top, height), clip(right, width), clip(bottom, height));
    }

    private static float clip(float value, int size) {
        return Math.max(0, Math.min(value, size));
    }
}
