package dev.mlops.benchmarks.onnx;

import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.model.OnnxModel;

/** Our batches; as a peer, a caller who waits for each row. */
final class Batched implements Peer {
    private final OnnxModel model;
    private final BatchingModel batching;
    private final Object[] given = new Object[1];

    Batched(BenchmarkModel chosen) {
        model = Plain.load(chosen);
        batching = BatchingModel.of(model, BatchOptions.DEFAULT);
    }

    BatchingModel batching() {
        return batching;
    }

    @Override
    public Object[] run(NamedArray[] inputs) {
        given[0] = batching.run((float[]) inputs[0].array());
        return given;
    }

    @Override
    public void close() {
        batching.close();
        model.close();
    }
}
