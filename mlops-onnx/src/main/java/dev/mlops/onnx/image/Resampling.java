package dev.mlops.onnx.image;

/**
 * How a resized image is made. Both are bilinear with half-pixel centres: the pixel {@code i} of the result lies at {@code
 * (i + 0.5) * before / after - 0.5} of the image before, and beyond the edge there is what is at the edge.
 */
public enum Resampling {
    /**
     * From the pixels around that place, two in each direction, whatever the sizes: {@code INTER_LINEAR} of OpenCV, {@code
     * interpolate(mode="bilinear", align_corners=False)} of PyTorch, and {@code Resize} of ONNX with {@code half_pixel}.
     */
    BILINEAR,
    /**
     * When it gets smaller, from all pixels that lie under one of the result, by a triangle as wide as the scale: {@code
     * BILINEAR} of Pillow, and torchvision's {@code Resize} as it is by default. When it gets larger, the same as {@link
     * #BILINEAR}.
     */
    BILINEAR_ANTIALIASED
}
