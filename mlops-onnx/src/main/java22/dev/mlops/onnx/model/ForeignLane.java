package dev.mlops.onnx.model;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A lane over a call by foreign functions, whose memory and tensors are kept while the shapes stay. */
final class ForeignLane implements Lane {
    /** More than this is given back after the run. */
    private static final int MOST_KEPT = 4 << 20;

    private final OrtSession session;
    private final List<ValueSpec> inputSpecs;
    private final List<ValueSpec> outputSpecs;
    private final List<ValueType> types;
    private final boolean hasOptional;
    private final Slot[] inputs;
    private final Slot[] outputs;
    private ForeignCall call;
    /** The inputs and outputs that the call has, by their indexes. */
    private int[] fed;

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
        this.types = List.copyOf(ForeignTypes.inputs(session).values());
        this.hasOptional = inputSpecs.stream().anyMatch(spec -> spec.kind() == ValueKind.OPTIONAL);
        this.inputs = slots(inputSpecs.size());
        this.outputs = slots(outputSpecs.size());
        this.fed = IntStream.range(0, inputSpecs.size()).toArray();
        this.called = IntStream.range(0, outputSpecs.size()).toArray();
        this.call = new ForeignCall(session, inputSpecs, outputSpecs);
    }

    private static Slot[] slots(int count) {
        Slot[] slots = new Slot[count];
        Arrays.setAll(slots, i -> new Slot());
        return slots;
    }

    @Override
    public Value[] run(Value[] given, int[] wanted, long[] @Nullable [] shapes) throws OrtException {
        int[] present = present(given);
        if (!Arrays.equals(wanted, called) || !Arrays.equals(present, fed)) {
            callFor(present, wanted);
        }
        for (int i = 0; i < present.length; i++) {
            feed(i, present[i], given[present[i]]);
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

    /** All inputs but those that are absent: ONNX Runtime crashes on such a value, but takes it if there is none. */
    private int[] present(Value[] given) {
        if (!hasOptional) {
            return fed;
        }
        return IntStream.range(0, given.length)
                .filter(i -> !(given[i] instanceof Value.Absent))
                .toArray();
    }

    private void callFor(int[] present, int[] wanted) throws OrtException {
        ForeignCall next = new ForeignCall(session, some(inputSpecs, present), some(outputSpecs, wanted));
        replace(next);
        fed = present;
        called = wanted.clone();
        forgetShapes();
    }

    private static List<ValueSpec> some(List<ValueSpec> specs, int[] indexes) {
        return Arrays.stream(indexes).mapToObj(specs::get).toList();
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

    private void feed(int place, int index, Value value) throws OrtException {
        Slot slot = inputs[index];
        if (!(value instanceof Tensor tensor)
                || tensor.rawElements() instanceof String[]
                || inputSpecs.get(index).kind() != ValueKind.TENSOR) {
            call.input(place, ForeignValues.create(value, types.get(index)));
            slot.shape = null;
            return;
        }
        ElementType type = tensor.elementType();
        ByteBuffer memory = slot.memory(Elements.bytes(type, tensor.size()));
        Elements.write(tensor.rawElements(), memory);
        if (!Arrays.equals(slot.shape, tensor.rawShape())) {
            call.input(place, type, memory, tensor.rawShape());
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
            return ForeignValues.read(call.value(place), spec);
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
            callFor(fed, called);
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
