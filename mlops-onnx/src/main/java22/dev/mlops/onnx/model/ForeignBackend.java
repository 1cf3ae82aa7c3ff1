package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import java.util.List;

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
    public boolean takes(ElementType type) {
        return type == ElementType.STRING || Elements.bytes(type) > 0;
    }

    @Override
    public boolean readsSequencesOf(ElementType type) {
        return takes(type);
    }

    @Override
    public String name() {
        return "this SDK";
    }
}
