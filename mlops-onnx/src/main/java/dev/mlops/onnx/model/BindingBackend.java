package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The Java binding of ONNX Runtime, which is there on every JVM. */
final class BindingBackend implements Backend {
    /** The element types of which the binding reads sequences of tensors. */
    private static final Set<ElementType> SEQUENCES =
            EnumSet.of(ElementType.FLOAT, ElementType.DOUBLE, ElementType.INT64, ElementType.STRING);

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
    public Map<String, ValueType> inputs(OrtSession session) throws OrtException {
        return OrtSpecs.types(session.getInputInfo().values());
    }

    @Override
    public Map<String, ValueType> outputs(OrtSession session) throws OrtException {
        return OrtSpecs.types(session.getOutputInfo().values());
    }

    @Override
    public boolean takes(ValueType type) {
        return type instanceof ValueType.OfTensor tensor && Elements.javaType(tensor.elementType()) != null;
    }

    @Override
    public boolean gives(ValueType type) {
        if (type instanceof ValueType.OfTensor tensor) {
            ElementType element = tensor.elementType();
            return element == ElementType.STRING || (Elements.bytes(element) > 0 && !Elements.isFloat8(element));
        }
        return !(type instanceof ValueType.OfSequence sequence)
                || !(sequence.element() instanceof ValueType.OfTensor)
                || SEQUENCES.contains(sequence.elementType());
    }

    @Override
    public String name() {
        return "the Java binding of ONNX Runtime";
    }
}
