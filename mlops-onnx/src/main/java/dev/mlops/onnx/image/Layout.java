package dev.mlops.onnx.image;

/** In which order a tensor has the samples of images: N images, C channels, H rows, W pixels of a row. */
public enum Layout {
    /** All samples of one channel after another, as models from PyTorch take them. */
    NCHW,
    /** The channels of one pixel after another, as models from TensorFlow take them. */
    NHWC
}
