/** ONNX files, read without native code. */
@NullMarked
package dev.mlops.core.onnx;

import org.jspecify.annotations.NullMarked;
