package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.Map;

/** As the documentation of ONNX Runtime shows it: nested arrays in, {@code getValue} out. */
final class DocumentationStyle implements Peer {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final Object[] given;

    DocumentationStyle(OrtSession session, BenchmarkModel model) {
        this.session = session;
        this.given = NamedArray.arrays(model.room());
    }

    @Override
    public Object[] run(NamedArray[] inputs) throws OrtException {
        Map<String, OnnxTensor> feeds =
                NamedArray.byName(inputs, input -> OnnxTensor.createTensor(environment, input.nested()));
        try (OrtSession.Result result = session.run(feeds)) {
            for (int i = 0; i < given.length; i++) {
                given[i] = ((Object[]) result.get(i).getValue())[0];
            }
        } finally {
            OnnxValue.close(feeds);
        }
        return given;
    }

    @Override
    public void close() {}
}
