/** Models served over the Open Inference Protocol v2 (KServe, JSON). */
@NullMarked
package dev.mlops.onnx.serving;

import org.jspecify.annotations.NullMarked;
