/** Texts as models take them: tokens of a plugged tokenizer, padded and cut. */
@NullMarked
package dev.mlops.onnx.text;

import org.jspecify.annotations.NullMarked;
