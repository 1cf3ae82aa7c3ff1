package dev.mlops.onnx.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.ValueSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A call through the Java binding, with outputs pinned to memory of ours: the least that it allows. */
final class PinnedCall implements NativeCall {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final RunSwitch end;
    private final List<ValueSpec> inputs;
    private final List<ValueSpec> outputs;
    private final Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
    private final Map<String, OnnxTensor> pins = new LinkedHashMap<>();
    private final Set<String> unpinned = new LinkedHashSet<>();

    private OrtSession.@Nullable Result result;
    private boolean closed;

    PinnedCall(OrtEnvironment environment, OrtSession session, List<ValueSpec> inputs, List<ValueSpec> outputs)
            throws OrtException {
        this.environment = environment;
        this.session = session;
        this.inputs = inputs;
        this.outputs = outputs;
        outputs.forEach(output -> unpinned.add(output.name()));
        this.end = new RunSwitch();
    }

    @Override
    public void input(int index, ElementType type, ByteBuffer memory, long[] shape) throws OrtException {
        replace(feeds, inputs.get(index).name(), tensor(type, memory, shape));
    }

    @Override
    public void output(int index, ElementType type, ByteBuffer memory, long[] shape) throws OrtException {
        String name = outputs.get(index).name();
        replace(pins, name, tensor(type, memory, shape));
        unpinned.remove(name);
    }

    private OnnxTensor tensor(ElementType type, ByteBuffer memory, long[] shape) throws OrtException {
        ByteBuffer window = memory.duplicate().order(ByteOrder.nativeOrder());
        window.clear().limit(Elements.count(shape) * Elements.bytes(type));
        return OnnxTensor.createTensor(environment, window, shape, Objects.requireNonNull(Elements.javaType(type)));
    }

    private static void replace(Map<String, OnnxTensor> tensors, String name, OnnxTensor tensor) {
        OnnxTensor before = tensors.put(name, tensor);
        if (before != null) {
            before.close();
        }
    }

    @Override
    public void run() throws OrtException {
        release();
        OrtSession.Result given = session.run(feeds, unpinned, pins, end.options());
        if (unpinned.isEmpty()) {
            given.close();
        } else {
            result = given;
        }
    }

    @Override
    public long[] shape(int output) throws OrtException {
        return given(output).getInfo().getShape();
    }

    @Override
    public ByteBuffer copy(int output, @Nullable ByteBuffer memory) throws OrtException {
        OnnxTensor given = given(output);
        long[] shape = given.getInfo().getShape();
        int count = Elements.count(shape);
        int bytes = count
                * Elements.bytes(Objects.requireNonNull(outputs.get(output).elementType()));
        ByteBuffer target = memory != null && memory.capacity() >= bytes
                ? memory
                : ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        if (count > 0) {
            target.clear().put(given.getByteBuffer()).clear();
        }
        return target;
    }

    private OnnxTensor given(int output) {
        OnnxValue value =
                result == null ? null : result.get(outputs.get(output).name()).orElse(null);
        if (value instanceof OnnxTensor tensor) {
            return tensor;
        }
        throw new IllegalStateException("no run gave " + outputs.get(output));
    }

    @Override
    public void release() {
        OrtSession.Result given = result;
        result = null;
        if (given != null) {
            given.close();
        }
    }

    @Override
    public void terminate() throws OrtException {
        end.terminate();
    }

    @Override
    public void reset() throws OrtException {
        end.reset();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            release();
            feeds.values().forEach(OnnxTensor::close);
            pins.values().forEach(OnnxTensor::close);
            end.close();
        }
    }

    @Override
    public String describe() {
        return "pinned outputs";
    }
}
