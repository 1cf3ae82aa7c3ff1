/** What calling ONNX Runtime from Java costs. */
@NullMarked
package dev.mlops.benchmarks.onnx;

import org.jspecify.annotations.NullMarked;
