/** Which of several loaded models answers: replacing one while it serves, and splitting calls between versions. */
@NullMarked
package dev.mlops.onnx.routing;

import org.jspecify.annotations.NullMarked;
