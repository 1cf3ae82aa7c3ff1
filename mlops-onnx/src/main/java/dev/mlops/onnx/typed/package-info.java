/** Models called with records and plain collections. */
@NullMarked
package dev.mlops.onnx.typed;

import org.jspecify.annotations.NullMarked;
