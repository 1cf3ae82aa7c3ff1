package dev.mlops.onnx.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.ValueSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A lane through the Java binding: direct memory for inputs and for outputs of known shape. */
final class BindingLane implements Lane {
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final RunSwitch end;
    private final List<ValueSpec> inputSpecs;
    private final List<ValueSpec> outputSpecs;
    private final @Nullable Slot[] inputs;
    private final @Nullable Slot[] outputs;
    private final Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
    private final Map<String, OnnxValue> pinned = new LinkedHashMap<>();
    private final Set<String> requested = new LinkedHashSet<>();
    private final List<OnnxTensor> transients = new ArrayList<>();

    private boolean isMeasured;
    private long computeNanos;
    private boolean closed;

    BindingLane(OrtEnvironment environment, OrtSession session, List<ValueSpec> inputSpecs, List<ValueSpec> outputSpecs)
            throws OrtException {
        this.environment = environment;
        this.session = session;
        this.inputSpecs = inputSpecs;
        this.outputSpecs = outputSpecs;
        this.inputs = new Slot[inputSpecs.size()];
        this.outputs = new Slot[outputSpecs.size()];
        this.end = new RunSwitch();
    }

    @Override
    public Value[] run(Value[] values, int[] wanted, long[] @Nullable [] shapes) throws OrtException {
        try {
            feed(values);
            prepareOutputs(wanted, shapes);
            long start = isMeasured ? System.nanoTime() : 0;
            try (OrtSession.Result result = session.run(feeds, requested, pinned, end.options())) {
                computeNanos = isMeasured ? System.nanoTime() - start : 0;
                return read(result, wanted, shapes);
            }
        } finally {
            tidy();
        }
    }

    @Override
    public void measure() {
        isMeasured = true;
    }

    @Override
    public long computeNanos() {
        return computeNanos;
    }

    @Override
    public void terminate() throws OrtException {
        end.terminate();
    }

    @Override
    public void reset() throws OrtException {
        end.reset();
    }

    private void feed(Value[] values) throws OrtException {
        for (int i = 0; i < values.length; i++) {
            // The binding takes no other kind of value, so models that do are not loaded.
            feeds.put(inputSpecs.get(i).name(), feed(i, (Tensor) values[i]));
        }
    }

    private OnnxTensor feed(int index, Tensor tensor) throws OrtException {
        int count = tensor.size();
        if (!Slot.holds(tensor.elementType(), count)) {
            OnnxTensor made = Natives.create(environment, tensor);
            transients.add(made);
            return made;
        }
        Slot slot = inputs[index];
        if (slot == null) {
            slot = new Slot(environment, tensor.elementType());
            inputs[index] = slot;
        }
        OnnxTensor made = slot.shaped(tensor.rawShape(), count);
        slot.write(tensor.rawElements());
        return made;
    }

    private void prepareOutputs(int[] wanted, long[] @Nullable [] shapes) throws OrtException {
        for (int index : wanted) {
            ValueSpec spec = outputSpecs.get(index);
            long[] shape = shapes[index];
            if (shape == null) {
                requested.add(spec.name());
            } else {
                pinned.put(spec.name(), output(index).shaped(shape, Elements.count(shape)));
            }
        }
    }

    private Slot output(int index) {
        Slot slot = outputs[index];
        if (slot == null) {
            slot = new Slot(environment, elementType(index));
            outputs[index] = slot;
        }
        return slot;
    }

    private Value[] read(OrtSession.Result result, int[] wanted, long[] @Nullable [] shapes) throws OrtException {
        Value[] values = new Value[wanted.length];
        int position = pinned.size();
        for (int i = 0; i < wanted.length; i++) {
            int index = wanted[i];
            long[] shape = shapes[index];
            if (shape == null) {
                values[i] = Natives.read(result.get(position++), outputSpecs.get(index));
            } else {
                Object elements = output(index).read(Elements.count(shape));
                values[i] = Tensor.owning(elementType(index), shape, elements);
            }
        }
        return values;
    }

    private ElementType elementType(int index) {
        return Objects.requireNonNull(outputSpecs.get(index).elementType());
    }

    private void tidy() {
        transients.forEach(OnnxTensor::close);
        transients.clear();
        feeds.clear();
        pinned.clear();
        requested.clear();
        trim(inputs);
        trim(outputs);
    }

    private static void trim(@Nullable Slot[] slots) {
        for (Slot slot : slots) {
            if (slot != null) {
                slot.trim();
            }
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (@Nullable Slot[] slots : List.of(inputs, outputs)) {
            for (Slot slot : slots) {
                if (slot != null) {
                    slot.close();
                }
            }
        }
        end.close();
    }
}
