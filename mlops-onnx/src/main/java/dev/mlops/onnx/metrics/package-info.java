/** Counts and time distributions of what models run. */
@NullMarked
package dev.mlops.onnx.metrics;

import org.jspecify.annotations.NullMarked;
