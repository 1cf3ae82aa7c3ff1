package dev.mlops.onnx.model;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A lane over a call by foreign functions, whose memory and tensors are kept while the shapes stay. */
final class ForeignLane implements Lane {
    /** More than this is given back after the run. */
    private static final int MOST_KEPT = 4 << 20;

    private final OrtSession session;
    private final List<ValueSpec> inputSpecs;
    private final List<ValueSpec> outputSpecs;
    private final Slot[] inputs;
    private final Slot[] outputs;
    private ForeignCall call;
    /** The outputs that the call has, by their indexes. */
    private int[] called;

    private boolean isMeasured;
    private long computeNanos;
    private boolean terminated;
    private boolean closed;

    /** Memory of an input or output, and the shape of the tensor over it; no tensor of ours if there is no shape. */
    private static final class Slot {
        private @Nullable ByteBuffer memory;
        private long @Nullable [] shape;

        /** Memory with room for so much; no tensor lies over it yet if it is new. */
        ByteBuffer memory(int bytes) {
            ByteBuffer kept = memory;
            if (kept == null || kept.capacity() < bytes) {
                kept = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
                memory = kept;
                shape = null;
            }
            return kept;
        }

        boolean isLarge() {
            ByteBuffer kept = memory;
            return kept != null && kept.capacity() > MOST_KEPT;
        }
    }

    ForeignLane(OrtSession session, Signature signature) throws OrtException {
        this.session = session;
        this.inputSpecs = signature.inputs();
        this.outputSpecs = signature.outputs();
        this.inputs = slots(inputSpecs.size());
        this.outputs = slots(outputSpecs.size());
        this.called = new int[outputSpecs.size()];
        Arrays.setAll(called, i -> i);
        this.call = new ForeignCall(session, inputSpecs, outputSpecs);
    }

    private static Slot[] slots(int count) {
        Slot[] slots = new Slot[count];
        Arrays.setAll(slots, i -> new Slot());
        return slots;
    }

    @Override
    public Value[] run(Tensor[] tensors, int[] wanted, long[] @Nullable [] shapes) throws OrtException {
        if (!Arrays.equals(wanted, called)) {
            callFor(wanted);
        }
        for (int i = 0; i < tensors.length; i++) {
            feed(i, tensors[i]);
        }
        for (int i = 0; i < wanted.length; i++) {
            bind(i, outputSpecs.get(wanted[i]), shapes[wanted[i]]);
        }
        long start = isMeasured ? System.nanoTime() : 0;
        call.run();
        computeNanos = isMeasured ? System.nanoTime() - start : 0;
        Value[] values = new Value[wanted.length];
        for (int i = 0; i < wanted.length; i++) {
            values[i] = value(i, outputSpecs.get(wanted[i]), shapes[wanted[i]]);
        }
        call.release();
        trim();
        return values;
    }

    @Override
    public void measure() {
        isMeasured = true;
    }

    @Override
    public long computeNanos() {
        return computeNanos;
    }

    private void callFor(int[] wanted) throws OrtException {
        ForeignCall next = new ForeignCall(
                session,
                inputSpecs,
                Arrays.stream(wanted).mapToObj(outputSpecs::get).toList());
        replace(next);
        called = wanted.clone();
        forgetShapes();
    }

    private synchronized void replace(ForeignCall next) throws OrtException {
        call.close();
        call = next;
        if (terminated) {
            next.terminate();
        }
    }

    private void forgetShapes() {
        for (Slot slot : inputs) {
            slot.shape = null;
        }
        for (Slot slot : outputs) {
            slot.shape = null;
        }
    }

    private void feed(int index, Tensor tensor) throws OrtException {
        Slot slot = inputs[index];
        if (tensor.rawElements() instanceof String[] strings) {
            call.input(index, ForeignValues.strings(strings, tensor.rawShape()));
            slot.shape = null;
            return;
        }
        ElementType type = tensor.elementType();
        ByteBuffer memory = slot.memory(Math.multiplyExact(tensor.size(), Elements.bytes(type)));
        Elements.write(tensor.rawElements(), memory);
        if (!Arrays.equals(slot.shape, tensor.rawShape())) {
            call.input(index, type, memory, tensor.rawShape());
            slot.shape = tensor.rawShape();
        }
    }

    private void bind(int place, ValueSpec spec, long @Nullable [] shape) throws OrtException {
        Slot slot = outputs[place];
        if (shape == null) {
            call.unbind(place);
            slot.shape = null;
            return;
        }
        ElementType type = Objects.requireNonNull(spec.elementType());
        ByteBuffer memory = slot.memory(Elements.count(shape) * Elements.bytes(type));
        if (!Arrays.equals(slot.shape, shape)) {
            call.output(place, type, memory, shape);
            slot.shape = shape;
        }
    }

    private Value value(int place, ValueSpec spec, long @Nullable [] shape) throws OrtException {
        if (shape == null) {
            return ForeignValues.read(call.value(place));
        }
        ElementType type = Objects.requireNonNull(spec.elementType());
        ByteBuffer memory = Objects.requireNonNull(outputs[place].memory);
        return Tensor.owning(type, shape, Elements.read(type, memory, Elements.count(shape)));
    }

    /** Gives large memory back, with the tensors that lie over it. */
    private void trim() throws OrtException {
        boolean isLarge = false;
        for (Slot slot : inputs) {
            isLarge |= slot.isLarge();
        }
        for (Slot slot : outputs) {
            isLarge |= slot.isLarge();
        }
        if (isLarge) {
            callFor(called);
            for (Slot slot : inputs) {
                slot.memory = slot.isLarge() ? null : slot.memory;
            }
            for (Slot slot : outputs) {
                slot.memory = slot.isLarge() ? null : slot.memory;
            }
        }
    }

    @Override
    public synchronized void terminate() throws OrtException {
        terminated = true;
        call.terminate();
    }

    @Override
    public synchronized void reset() throws OrtException {
        terminated = false;
        call.reset();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            call.close();
        }
    }
}
