package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import java.util.List;

/** A way to call ONNX Runtime. */
interface Backend {
    /** Makes what runs of any shape need. */
    Lane lane(OrtEnvironment environment, OrtSession session, Signature signature) throws OrtException;

    /** Makes a call for these inputs and outputs. */
    NativeCall call(OrtEnvironment environment, OrtSession session, List<ValueSpec> inputs, List<ValueSpec> outputs)
            throws OrtException;

    /** True if tensors of this type can be handed over. */
    boolean takes(ElementType type);

    /** True if sequences of tensors of this type can be read. */
    boolean readsSequencesOf(ElementType type);

    /** What it is called in messages. */
    String name();
}
