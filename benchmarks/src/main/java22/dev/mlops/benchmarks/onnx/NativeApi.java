package dev.mlops.benchmarks.onnx;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OrtSession;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/** Functions of ONNX Runtime by their places in the table of {@code onnxruntime_c_api.h}. */
@SuppressWarnings("restricted") // it is what this is about
final class NativeApi {
    private static final MemorySegment TABLE = MemorySegment.ofAddress(table()).reinterpret(100 * ADDRESS.byteSize());

    private NativeApi() {}

    private static long table() {
        try {
            return (long) field(Class.forName("ai.onnxruntime.OnnxRuntime"), "ortApiHandle", null);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    static long handle(OrtSession session) {
        return (long) field(OrtSession.class, "nativeHandle", session);
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

    /** A function that gives a status, the address of an error or 0. */
    static MethodHandle function(int number, MemoryLayout... parameters) {
        return Linker.nativeLinker()
                .downcallHandle(TABLE.getAtIndex(ADDRESS, number), FunctionDescriptor.of(JAVA_LONG, parameters));
    }

    static void check(long status) {
        if (status != 0) {
            throw new IllegalStateException("ONNX Runtime failed");
        }
    }
}
