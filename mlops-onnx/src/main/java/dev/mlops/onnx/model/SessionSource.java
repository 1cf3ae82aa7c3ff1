package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/** Makes the session of one model. */
interface SessionSource {
    OrtSession create(OrtEnvironment environment, OrtSession.SessionOptions options) throws OrtException;
}
