/** Scores of classes: softmax, sigmoid, top-k, labels. */
@NullMarked
package dev.mlops.onnx.classification;

import org.jspecify.annotations.NullMarked;
