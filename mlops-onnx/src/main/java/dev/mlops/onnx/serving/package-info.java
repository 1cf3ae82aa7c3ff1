/**
 * Models served over the Open Inference Protocol v2 of KServe (HTTP/REST), in JSON and as binary data.
 *
 * @see <a href="https://github.com/kserve/open-inference-protocol">Open Inference Protocol</a>
 */
@NullMarked
package dev.mlops.onnx.serving;

import org.jspecify.annotations.NullMarked;
