/** Images as models take them: decoding, resizing, cropping, normalising, layout. */
@NullMarked
package dev.mlops.onnx.image;

import org.jspecify.annotations.NullMarked;
