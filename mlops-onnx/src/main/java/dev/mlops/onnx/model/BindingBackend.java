package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import java.util.List;

/** The Java binding of ONNX Runtime, which is there on every JVM. */
final class BindingBackend implements Backend {
    @Override
    public Lane lane(OrtEnvironment environment, OrtSession session, Signature signature) throws OrtException {
        return new BindingLane(environment, session, signature.inputs(), signature.outputs());
    }

    @Override
    public NativeCall call(
            OrtEnvironment environment, OrtSession session, List<ValueSpec> inputs, List<ValueSpec> outputs)
            throws OrtException {
        return new PinnedCall(environment, session, inputs, outputs);
    }

    @Override
    public boolean takes(ElementType type) {
        return Elements.javaType(type) != null;
    }

    @Override
    public boolean readsSequencesOf(ElementType type) {
        return switch (type) {
            case FLOAT, DOUBLE, INT64, STRING -> true;
            default -> false;
        };
    }

    @Override
    public String name() {
        return "the Java binding of ONNX Runtime";
    }
}
