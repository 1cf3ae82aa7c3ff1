/** How good and how fast a model is on a data set. */
@NullMarked
package dev.mlops.onnx.evaluate;

import org.jspecify.annotations.NullMarked;
