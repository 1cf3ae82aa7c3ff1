/** The device engine that serves models from this JVM. */
@NullMarked
package dev.mlops.onnx.device;

import org.jspecify.annotations.NullMarked;
