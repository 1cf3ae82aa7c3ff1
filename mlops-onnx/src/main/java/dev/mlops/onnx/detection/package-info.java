/** Boxes that detectors find: decoding, non-maximum suppression, letterboxes. */
@NullMarked
package dev.mlops.onnx.detection;

import org.jspecify.annotations.NullMarked;
