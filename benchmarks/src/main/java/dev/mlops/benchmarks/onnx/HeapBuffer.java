package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.Map;

/** Heap buffers in, buffers out; texts in a flat array. */
final class HeapBuffer implements Peer {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final Object[] given;

    HeapBuffer(OrtSession session, BenchmarkModel model) {
        this.session = session;
        this.given = NamedArray.arrays(model.room());
    }

    @Override
    public Object[] run(NamedArray[] inputs) throws OrtException {
        Map<String, OnnxTensor> feeds = NamedArray.byName(inputs, input -> input.flat(environment));
        try (OrtSession.Result result = session.run(feeds)) {
            takeOutputs(result, given);
        } finally {
            OnnxValue.close(feeds);
        }
        return given;
    }

    /** Replaces each array by what ONNX Runtime's binding copied. */
    static void takeOutputs(OrtSession.Result result, Object[] given) throws OrtException {
        for (int i = 0; i < given.length; i++) {
            OnnxTensor output = (OnnxTensor) result.get(i);
            if (given[i] instanceof float[]) {
                given[i] = output.getFloatBuffer().array();
            } else if (given[i] instanceof long[]) {
                given[i] = output.getLongBuffer().array();
            } else {
                given[i] = ((Object[]) output.getValue())[0];
            }
        }
    }

    @Override
    public void close() {}
}
