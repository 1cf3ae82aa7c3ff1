/** Preprocessing, inference and postprocessing, as stages that can be composed. */
@NullMarked
package dev.mlops.onnx.pipeline;

import org.jspecify.annotations.NullMarked;
