package dev.mlops.benchmarks.onnx;

import dev.mlops.onnx.model.BoundRun;
import dev.mlops.onnx.model.BoundTensor;
import dev.mlops.onnx.model.OnnxModel;
import java.nio.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Our bound run. */
final class Bound implements Peer {
    private final OnnxModel model;
    private final BoundRun run;
    private final Buffer[] inputs;
    private final Buffer[] outputs;
    private final NamedArray[] room;
    private final Object[] given;

    Bound(BenchmarkModel chosen) {
        NamedArray[] feeds = chosen.feeds(0);
        Map<String, long[]> shapes = new HashMap<>();
        for (NamedArray feed : feeds) {
            feed.requireNumbers();
            shapes.put(feed.name(), feed.shape());
        }
        room = chosen.room();
        given = NamedArray.arrays(room);
        model = Plain.load(chosen);
        run = model.bind(shapes);
        inputs = views(run.inputs());
        outputs = views(run.outputs());
    }

    private static Buffer[] views(List<BoundTensor> tensors) {
        return tensors.stream().map(Bound::view).toArray(Buffer[]::new);
    }

    private static Buffer view(BoundTensor tensor) {
        return switch (tensor.elementType()) {
            case FLOAT -> tensor.floats();
            case INT64 -> tensor.longs();
            default -> throw new IllegalArgumentException("no array for " + tensor);
        };
    }

    @Override
    public Object[] run(NamedArray[] arrays) {
        for (int i = 0; i < inputs.length; i++) {
            arrays[i].copyTo(inputs[i]);
        }
        run.run();
        for (int i = 0; i < outputs.length; i++) {
            room[i].copyFrom(outputs[i]);
        }
        return given;
    }

    /** How it is called, too, which depends on the JDK that runs and the one that built the jar. */
    @Override
    public String toString() {
        return run.toString();
    }

    @Override
    public void close() {
        run.close();
        model.close();
    }
}
