package dev.mlops.benchmarks.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OrtSession;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/** {@code OrtApi::Run} with everything prepared. The numbers are places in the table of {@code onnxruntime_c_api.h}. */
@SuppressWarnings("restricted") // it is what this is about
final class ForeignFloor implements Floor {
    private static final MemorySegment TABLE = MemorySegment.ofAddress(table()).reinterpret(100 * ADDRESS.byteSize());
    private static final MethodHandle RUN =
            function(9, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CREATE_TENSOR =
            function(49, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final MethodHandle CREATE_CPU_MEMORY_INFO = function(69, JAVA_INT, JAVA_INT, JAVA_LONG);

    private final Arena arena = Arena.ofShared();
    private final long session;
    private final MemorySegment input;
    private final MemorySegment output;
    private final long inputName = pointerTo(arena.allocateFrom("x").address());
    private final long outputName = pointerTo(arena.allocateFrom("y").address());
    private final long inputs;
    private final long outputs;

    ForeignFloor(OrtSession session, int inputs, int outputs) {
        this.session = (long) field(OrtSession.class, "nativeHandle", session);
        input = arena.allocate(JAVA_FLOAT, inputs);
        output = arena.allocate(JAVA_FLOAT, outputs);
        this.inputs = pointerTo(tensor(input));
        this.outputs = pointerTo(tensor(output));
    }

    private static long table() {
        try {
            return (long) field(Class.forName("ai.onnxruntime.OnnxRuntime"), "ortApiHandle", null);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object field(Class<?> type, String name, @Nullable Object object) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(object);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle function(int number, MemoryLayout... parameters) {
        return Linker.nativeLinker()
                .downcallHandle(TABLE.getAtIndex(ADDRESS, number), FunctionDescriptor.of(JAVA_LONG, parameters));
    }

    private long pointerTo(long value) {
        MemorySegment place = arena.allocate(JAVA_LONG);
        place.set(JAVA_LONG, 0, value);
        return place.address();
    }

    private long tensor(MemorySegment data) {
        MemorySegment out = arena.allocate(JAVA_LONG);
        MemorySegment shape = arena.allocateFrom(JAVA_LONG, 1, data.byteSize() / Float.BYTES);
        try {
            check((long) CREATE_CPU_MEMORY_INFO.invokeExact(1, 0, out.address()));
            long memory = out.get(JAVA_LONG, 0);
            check((long) CREATE_TENSOR.invokeExact(
                    memory, data.address(), data.byteSize(), shape.address(), 2L, 1, out.address()));
            return out.get(JAVA_LONG, 0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void check(long status) {
        if (status != 0) {
            throw new IllegalStateException("ONNX Runtime failed");
        }
    }

    @Override
    public void run(float[] row, float[] given) {
        MemorySegment.copy(row, 0, input, JAVA_FLOAT, 0, row.length);
        try {
            check((long) RUN.invokeExact(session, 0L, inputName, inputs, 1L, outputName, 1L, outputs));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        MemorySegment.copy(output, JAVA_FLOAT, 0, given, 0, given.length);
    }

    /** The process ends soon: the two tensors are left to it. */
    @Override
    public void close() {
        arena.close();
    }
}
