package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.Buffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Tensors of ONNX Runtime's binding that are made once, each over a direct buffer. */
final class DirectTensors implements AutoCloseable {
    private final Buffer[] buffers;
    private final Map<String, OnnxTensor> byName;

    /** For arrays of these lengths. */
    DirectTensors(NamedArray[] arrays) throws OrtException {
        buffers = Arrays.stream(arrays).map(NamedArray::direct).toArray(Buffer[]::new);
        Map<String, OnnxTensor> tensors = new HashMap<>();
        for (int i = 0; i < arrays.length; i++) {
            tensors.put(arrays[i].name(), arrays[i].over(OrtEnvironment.getEnvironment(), buffers[i]));
        }
        byName = Map.copyOf(tensors);
    }

    Map<String, OnnxTensor> byName() {
        return byName;
    }

    void set(NamedArray[] arrays) {
        for (int i = 0; i < buffers.length; i++) {
            arrays[i].copyTo(buffers[i]);
        }
    }

    void get(NamedArray[] arrays) {
        for (int i = 0; i < buffers.length; i++) {
            arrays[i].copyFrom(buffers[i]);
        }
    }

    @Override
    public void close() {
        OnnxValue.close(byName);
    }
}
