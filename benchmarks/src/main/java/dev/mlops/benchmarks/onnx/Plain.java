package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OrtException;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import java.util.List;

/** Our plain call, which any thread may make at any time, with floats that are not copied more often than it does. */
final class Plain implements Peer {
    private final OnnxModel model;
    private final List<String> outputs;
    private final Object[] given;

    Plain(BenchmarkModel chosen) {
        model = load(chosen);
        NamedArray[] room = chosen.room();
        outputs = List.of(room).stream().map(NamedArray::name).toList();
        given = NamedArray.arrays(room);
    }

    /** Loads a model with one thread. */
    static OnnxModel load(BenchmarkModel chosen) {
        return OnnxModel.load(
                "benchmark",
                chosen.bytes(),
                OnnxOptions.builder().intraOpThreads(1).build());
    }

    @Override
    public Object[] run(NamedArray[] inputs) throws OrtException {
        Result result = model.run(NamedArray.byName(inputs, NamedArray::tensor));
        for (int i = 0; i < given.length; i++) {
            given[i] = elements(result.tensor(outputs.get(i)), given[i]);
        }
        return given;
    }

    private static Object elements(Tensor tensor, Object room) {
        return switch (tensor.elementType()) {
            case FLOAT -> {
                tensor.floatBuffer().get((float[]) room);
                yield room;
            }
            case INT64 -> tensor.longs();
            case STRING -> tensor.strings();
            default -> throw new IllegalArgumentException("no array for " + tensor);
        };
    }

    @Override
    public void close() {
        model.close();
    }
}
