package dev.mlops.onnx.model;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.ValueSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A call by foreign functions: its arguments lie in native memory, so that a run passes eight numbers and no objects. */
final class ForeignCall implements NativeCall {
    private final List<ValueSpec> inputSpecs;
    private final List<ValueSpec> outputSpecs;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment out = arena.allocate(ADDRESS);
    private final MemorySegment inputs;
    private final MemorySegment outputs;
    private final long inputNames;
    private final long outputNames;
    private final long session;
    private final long runOptions;
    /** Which outputs have memory of ours; in the places of the others stands what the last run gave. */
    private final boolean[] isBound;
    /** Under the native tensors of inputs and outputs, and kept as long as they. */
    private final @Nullable ByteBuffer[] inputMemory;

    private final @Nullable ByteBuffer[] outputMemory;
    private int unbound;
    private boolean closed;

    ForeignCall(OrtSession session, List<ValueSpec> inputs, List<ValueSpec> outputs) throws OrtException {
        this.session = ForeignApi.handle(session);
        this.inputSpecs = inputs;
        this.outputSpecs = outputs;
        this.inputs = arena.allocate(ADDRESS, Math.max(1, inputs.size()));
        this.outputs = arena.allocate(ADDRESS, Math.max(1, outputs.size()));
        this.inputNames = names(inputs);
        this.outputNames = names(outputs);
        this.inputMemory = new ByteBuffer[inputs.size()];
        this.outputMemory = new ByteBuffer[outputs.size()];
        this.isBound = new boolean[outputs.size()];
        this.unbound = outputs.size();
        this.runOptions = ForeignApi.createRunOptions(out);
    }

    private long names(List<ValueSpec> specs) {
        MemorySegment names = arena.allocate(ADDRESS, Math.max(1, specs.size()));
        for (int i = 0; i < specs.size(); i++) {
            names.setAtIndex(ADDRESS, i, arena.allocateFrom(specs.get(i).name()));
        }
        return names.address();
    }

    @Override
    public void input(int index, ElementType type, ByteBuffer memory, long[] shape) throws OrtException {
        replace(inputs, index, tensor(type, memory, shape));
        inputMemory[index] = memory;
    }

    /** Has an input be a native tensor, which is this one's from now on. */
    void input(int index, long tensor) {
        replace(inputs, index, tensor);
        inputMemory[index] = null;
    }

    /** Has ONNX Runtime make room for an output from now on. */
    void unbind(int index) {
        if (isBound[index]) {
            replace(outputs, index, 0);
            outputMemory[index] = null;
            isBound[index] = false;
            unbound++;
        }
    }

    /** What the last run gave for an output without memory, valid until the next one; 0 for nothing. */
    long value(int output) {
        return outputs.getAtIndex(JAVA_LONG, output);
    }

    @Override
    public void output(int index, ElementType type, ByteBuffer memory, long[] shape) throws OrtException {
        replace(outputs, index, tensor(type, memory, shape));
        outputMemory[index] = memory;
        if (!isBound[index]) {
            isBound[index] = true;
            unbound--;
        }
    }

    private long tensor(ElementType type, ByteBuffer memory, long[] shape) throws OrtException {
        MemorySegment whole = MemorySegment.ofBuffer(memory.duplicate().clear());
        long bytes = Elements.bytes(type, Elements.count(shape));
        if (whole.byteSize() < bytes) {
            throw new IllegalArgumentException(whole.byteSize() + " bytes are no room for " + bytes);
        }
        try (Arena local = Arena.ofConfined()) {
            MemorySegment dimensions = local.allocate(JAVA_LONG, Math.max(1, shape.length));
            MemorySegment.copy(shape, 0, dimensions, JAVA_LONG, 0, shape.length);
            return ForeignApi.createTensor(whole, bytes, dimensions, shape.length, type.onnxNumber(), out);
        }
    }

    private static void replace(MemorySegment values, int index, long value) {
        ForeignApi.releaseValue(values.getAtIndex(JAVA_LONG, index));
        values.setAtIndex(JAVA_LONG, index, value);
    }

    @Override
    public void run() throws OrtException {
        if (unbound > 0) {
            release();
        }
        ForeignApi.run(
                session,
                runOptions,
                inputNames,
                inputs.address(),
                inputMemory.length,
                outputNames,
                outputMemory.length,
                outputs.address());
    }

    @Override
    public long[] shape(int output) throws OrtException {
        return ForeignApi.shape(given(output), out);
    }

    @Override
    public ByteBuffer copy(int output, @Nullable ByteBuffer memory) throws OrtException {
        long given = given(output);
        int size = Elements.bytes(Objects.requireNonNull(outputSpecs.get(output).elementType()));
        long bytes = (long) Elements.count(shape(output)) * size;
        ByteBuffer target = memory != null && memory.capacity() >= bytes ? memory : room(bytes);
        if (bytes > 0) {
            MemorySegment source = ForeignApi.memory(ForeignApi.data(given, out), bytes);
            MemorySegment.ofBuffer(target.clear()).copyFrom(source);
        }
        return target;
    }

    private static ByteBuffer room(long bytes) {
        return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    }

    private long given(int output) {
        long given = outputs.getAtIndex(JAVA_LONG, output);
        if (given == 0) {
            throw new IllegalStateException("no run gave " + outputSpecs.get(output));
        }
        return given;
    }

    @Override
    public void release() {
        for (int i = 0; i < isBound.length; i++) {
            if (!isBound[i]) {
                replace(outputs, i, 0);
            }
        }
    }

    @Override
    public synchronized void terminate() throws OrtException {
        if (!closed) {
            ForeignApi.setTerminate(runOptions, true);
        }
    }

    @Override
    public synchronized void reset() throws OrtException {
        if (!closed) {
            ForeignApi.setTerminate(runOptions, false);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            for (int i = 0; i < inputSpecs.size(); i++) {
                replace(inputs, i, 0);
            }
            for (int i = 0; i < outputSpecs.size(); i++) {
                replace(outputs, i, 0);
            }
            ForeignApi.releaseRunOptions(runOptions);
            arena.close();
        }
    }

    @Override
    public String describe() {
        return "foreign functions";
    }
}
