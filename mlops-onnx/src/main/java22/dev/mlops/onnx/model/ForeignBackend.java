package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import java.util.List;
import java.util.Map;

/** Calls by foreign functions; found by its name on releases that have them. */
final class ForeignBackend implements Backend {
    /** Fails unless the functions are there. */
    ForeignBackend() throws ReflectiveOperationException {
        Class.forName(ForeignApi.class.getName());
    }

    @Override
    public Lane lane(OrtEnvironment environment, OrtSession session, Signature signature) throws OrtException {
        return new ForeignLane(session, signature);
    }

    @Override
    public NativeCall call(
            OrtEnvironment environment, OrtSession session, List<ValueSpec> inputs, List<ValueSpec> outputs)
            throws OrtException {
        return new ForeignCall(session, inputs, outputs);
    }

    @Override
    public Map<String, ValueType> inputs(OrtSession session) throws OrtException {
        return ForeignTypes.inputs(session);
    }

    @Override
    public Map<String, ValueType> outputs(OrtSession session) throws OrtException {
        return ForeignTypes.outputs(session);
    }

    @Override
    public boolean takes(ValueType type) {
        return !(type instanceof ValueType.OfTensor tensor) || Elements.bits(tensor.elementType()) >= 0;
    }

    @Override
    public boolean gives(ValueType type) {
        return takes(type);
    }

    @Override
    public String name() {
        return "this SDK";
    }
}
