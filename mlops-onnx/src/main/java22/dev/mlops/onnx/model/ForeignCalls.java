package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.model.ValueSpec;
import java.util.List;

/** Makes calls by foreign functions; found by its name on releases that have them. */
final class ForeignCalls implements NativeCalls.Maker {
    /** Fails unless the functions are there. */
    ForeignCalls() throws ReflectiveOperationException {
        Class.forName(ForeignApi.class.getName());
    }

    @Override
    public NativeCall make(
            OrtEnvironment environment, OrtSession session, List<ValueSpec> inputs, List<ValueSpec> outputs)
            throws OrtException {
        return new ForeignCall(session, inputs, outputs);
    }
}
