package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import java.util.List;
import java.util.Map;

/** A way to call ONNX Runtime. */
interface Backend {
    /** Makes what runs of any shape need. */
    Lane lane(OrtEnvironment environment, OrtSession session, Signature signature) throws OrtException;

    /** Makes a call for these inputs and outputs. */
    NativeCall call(OrtEnvironment environment, OrtSession session, List<ValueSpec> inputs, List<ValueSpec> outputs)
            throws OrtException;

    /** What a session takes, by name and in order. */
    Map<String, ValueType> inputs(OrtSession session) throws OrtException;

    /** What a session gives, by name and in order. */
    Map<String, ValueType> outputs(OrtSession session) throws OrtException;

    /** True if values of this type can be handed over. */
    boolean takes(ValueType type);

    /** True if values of this type can be read. */
    boolean gives(ValueType type);

    /** What it is called in messages. */
    String name();
}
