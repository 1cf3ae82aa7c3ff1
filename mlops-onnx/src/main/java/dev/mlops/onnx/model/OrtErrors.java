package dev.mlops.onnx.model;

import ai.onnxruntime.OrtException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.UnavailableException;

/** Turns failures of ONNX Runtime into those of the SDK. */
final class OrtErrors {
    private OrtErrors() {}

    static InvalidInputException atLoad(String model, OrtException e) {
        return new InvalidInputException("ONNX model", model, "cannot be loaded: " + reason(e), e);
    }

    static MlopsException atRun(String model, OrtException e) {
        return switch (e.getCode()) {
            case ORT_EP_FAIL, ORT_ENGINE_ERROR ->
                new UnavailableException("a run of the ONNX model " + model + " failed: " + reason(e), e);
            default -> new InvalidInputException("ONNX model", model, "cannot run on these inputs: " + reason(e), e);
        };
    }

    private static String reason(OrtException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("Invalid ONNXType")) {
            return "it takes or gives an optional or opaque value, on which ONNX Runtime would crash the JVM";
        }
        if (message.contains("External data path")) {
            return "its weights in other files must lie in its directory, and a model of bytes has none: "
                    + message.strip();
        }
        return message.strip();
    }
}
