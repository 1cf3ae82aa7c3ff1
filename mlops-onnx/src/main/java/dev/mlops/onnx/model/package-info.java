/** ONNX models: load, run, close safely. */
@NullMarked
package dev.mlops.onnx.model;

import org.jspecify.annotations.NullMarked;
