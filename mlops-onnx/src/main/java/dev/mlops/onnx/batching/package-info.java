/** Dynamic batching: rows of many callers run together. */
@NullMarked
package dev.mlops.onnx.batching;

import org.jspecify.annotations.NullMarked;
