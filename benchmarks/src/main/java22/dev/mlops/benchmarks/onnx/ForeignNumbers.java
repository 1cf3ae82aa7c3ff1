package dev.mlops.benchmarks.onnx;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Floats or integers, in memory of ours. */
final class ForeignNumbers implements ForeignTensor {
    private static final MethodHandle CREATE_CPU_MEMORY_INFO = NativeApi.function(69, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle CREATE_TENSOR_WITH_DATA =
            NativeApi.function(49, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);

    private final MemorySegment data;
    private final long value;

    ForeignNumbers(Arena arena, NamedArray array) {
        boolean isOfFloats = array.array() instanceof float[];
        data = arena.allocate(isOfFloats ? JAVA_FLOAT : JAVA_LONG, array.length());
        value = create(arena, array.shape(), isOfFloats ? Graphs.FLOAT : Graphs.INT64);
    }

    private long create(Arena arena, long[] shape, int type) {
        MemorySegment out = arena.allocate(JAVA_LONG);
        MemorySegment dimensions = arena.allocateFrom(JAVA_LONG, shape);
        try {
            NativeApi.check((long) CREATE_CPU_MEMORY_INFO.invokeExact(1, 0, out.address()));
            long memory = out.get(JAVA_LONG, 0);
            NativeApi.check((long) CREATE_TENSOR_WITH_DATA.invokeExact(
                    memory,
                    data.address(),
                    data.byteSize(),
                    dimensions.address(),
                    (long) shape.length,
                    type,
                    out.address()));
            return out.get(JAVA_LONG, 0);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long value() {
        return value;
    }

    @Override
    public void set(Object array) {
        if (array instanceof float[] floats) {
            MemorySegment.copy(floats, 0, data, JAVA_FLOAT, 0, floats.length);
        } else {
            long[] longs = (long[]) array;
            MemorySegment.copy(longs, 0, data, JAVA_LONG, 0, longs.length);
        }
    }

    @Override
    public void get(Object array) {
        if (array instanceof float[] floats) {
            MemorySegment.copy(data, JAVA_FLOAT, 0, floats, 0, floats.length);
        } else {
            long[] longs = (long[]) array;
            MemorySegment.copy(data, JAVA_LONG, 0, longs, 0, longs.length);
        }
    }
}
