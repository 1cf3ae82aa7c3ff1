/** Inference with ONNX Runtime. */
@NullMarked
package dev.mlops.onnx;

import org.jspecify.annotations.NullMarked;
