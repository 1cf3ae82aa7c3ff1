package dev.mlops.onnx.model;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Field;

/**
 * Functions of ONNX Runtime's C API, called without its Java binding. The API is a table of functions to which releases
 * only append ({@code onnxruntime_c_api.h}), so the numbers hold in every version since the one that brought a function.
 * Pointers are passed as {@code long}, which makes no garbage.
 *
 * <p>The table and the handles of sessions are read from fields of the binding that are not public, as it gives them to
 * nobody; where that is not permitted this class cannot be initialised.
 */
final class ForeignApi {
    /** Of version 1.15; none that came later is called. */
    private static final int FUNCTIONS = 252;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemorySegment TABLE = memory(table(), FUNCTIONS * ADDRESS.byteSize());

    private static final MethodHandle GET_ERROR_CODE = number(1, JAVA_LONG);
    private static final MethodHandle GET_ERROR_MESSAGE = pointer(2, JAVA_LONG);
    private static final MethodHandle RUN =
            pointer(9, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CREATE_RUN_OPTIONS = pointer(39, JAVA_LONG);
    private static final MethodHandle SET_TERMINATE = pointer(46, JAVA_LONG);
    private static final MethodHandle UNSET_TERMINATE = pointer(47, JAVA_LONG);
    private static final MethodHandle CREATE_TENSOR_WITH_DATA =
            pointer(49, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final MethodHandle CREATE_TENSOR = pointer(48, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final MethodHandle GET_TENSOR_DATA = pointer(51, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle FILL_STRING_TENSOR = pointer(52, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle GET_STRING_TENSOR_DATA_LENGTH = pointer(53, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle GET_STRING_TENSOR_CONTENT =
            pointer(54, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle GET_TENSOR_ELEMENT_TYPE = pointer(60, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle GET_DIMENSIONS_COUNT = pointer(61, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle GET_DIMENSIONS = pointer(62, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle GET_TENSOR_TYPE_AND_SHAPE = pointer(65, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle GET_VALUE_TYPE = pointer(67, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CREATE_CPU_MEMORY_INFO = pointer(69, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle GET_ALLOCATOR_WITH_DEFAULT_OPTIONS = pointer(78, JAVA_LONG);
    private static final MethodHandle GET_VALUE = pointer(80, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle GET_VALUE_COUNT = pointer(81, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CREATE_VALUE = pointer(82, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final MethodHandle RELEASE_STATUS = release(93);
    private static final MethodHandle RELEASE_VALUE = release(96);
    private static final MethodHandle RELEASE_RUN_OPTIONS = release(97);
    private static final MethodHandle RELEASE_TENSOR_TYPE_AND_SHAPE = release(99);
    private static final MethodHandle HAS_VALUE = pointer(192, JAVA_LONG, JAVA_LONG);

    private static final int ARENA_ALLOCATOR = 1;
    private static final int DEFAULT_MEMORY = 0;
    private static final long CPU_MEMORY = createCpuMemoryInfo();
    /** Belongs to ONNX Runtime. */
    private static final long ALLOCATOR = defaultAllocator();

    private ForeignApi() {}

    // ---------------------------------------------------------------------------------------------- set up

    private static long table() {
        try {
            Field field = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
            field.setAccessible(true);
            long table = field.getLong(null);
            if (table == 0) {
                throw new IllegalStateException("ONNX Runtime is not loaded yet");
            }
            return table;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the Java binding of ONNX Runtime does not give its table of functions", e);
        }
    }

    /** The native session; valid until it is closed. */
    static long handle(OrtSession session) {
        try {
            Field field = OrtSession.class.getDeclaredField("nativeHandle");
            field.setAccessible(true);
            return field.getLong(session);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the Java binding of ONNX Runtime does not give its session", e);
        }
    }

    /** A function that gives a status. */
    static MethodHandle pointer(int number, MemoryLayout... parameters) {
        return function(number, FunctionDescriptor.of(JAVA_LONG, parameters));
    }

    private static MethodHandle number(int number, MemoryLayout... parameters) {
        return function(number, FunctionDescriptor.of(JAVA_INT, parameters));
    }

    /** A function that frees what it is given. */
    static MethodHandle release(int number) {
        return function(number, FunctionDescriptor.ofVoid(JAVA_LONG));
    }

    @SuppressWarnings("restricted") // the host allows it with --enable-native-access, or is warned
    private static MethodHandle function(int number, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(TABLE.getAtIndex(ADDRESS, number), descriptor);
    }

    /** Native memory at an address, which nobody checks. */
    @SuppressWarnings("restricted") // the host allows it with --enable-native-access, or is warned
    static MemorySegment memory(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    private static long createCpuMemoryInfo() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            check((long) CREATE_CPU_MEMORY_INFO.invokeExact(ARENA_ALLOCATOR, DEFAULT_MEMORY, out.address()));
            return out.get(JAVA_LONG, 0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static long defaultAllocator() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            check((long) GET_ALLOCATOR_WITH_DEFAULT_OPTIONS.invokeExact(out.address()));
            return out.get(JAVA_LONG, 0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    // ---------------------------------------------------------------------------------------------- calls

    /** Calls a model; every argument is a pointer or a count, as in {@code OrtApi::Run}. */
    static void run(
            long session,
            long runOptions,
            long inputNames,
            long inputs,
            long inputCount,
            long outputNames,
            long outputCount,
            long outputs)
            throws OrtException {
        long status;
        try {
            status = (long) RUN.invokeExact(
                    session, runOptions, inputNames, inputs, inputCount, outputNames, outputCount, outputs);
        } catch (Throwable e) {
            throw unexpected(e);
        }
        check(status);
    }

    /** Makes run options; {@code out} is room for a pointer. */
    static long createRunOptions(MemorySegment out) throws OrtException {
        long status;
        try {
            status = (long) CREATE_RUN_OPTIONS.invokeExact(out.address());
        } catch (Throwable e) {
            throw unexpected(e);
        }
        check(status);
        return out.get(JAVA_LONG, 0);
    }

    static void setTerminate(long runOptions, boolean terminate) throws OrtException {
        long status;
        try {
            status = terminate
                    ? (long) SET_TERMINATE.invokeExact(runOptions)
                    : (long) UNSET_TERMINATE.invokeExact(runOptions);
        } catch (Throwable e) {
            throw unexpected(e);
        }
        check(status);
    }

    /** Makes a tensor over memory that must stay as long as it; {@code out} is room for a pointer. */
    static long createTensor(
            MemorySegment data, long bytes, MemorySegment shape, long rank, int type, MemorySegment out)
            throws OrtException {
        long status;
        try {
            status = (long) CREATE_TENSOR_WITH_DATA.invokeExact(
                    CPU_MEMORY, data.address(), bytes, shape.address(), rank, type, out.address());
        } catch (Throwable e) {
            throw unexpected(e);
        }
        check(status);
        return out.get(JAVA_LONG, 0);
    }

    /** The shape of a tensor; {@code out} is room for a pointer. */
    static long[] shape(long tensor, MemorySegment out) throws OrtException {
        long info = 0;
        try (Arena arena = Arena.ofConfined()) {
            check((long) GET_TENSOR_TYPE_AND_SHAPE.invokeExact(tensor, out.address()));
            info = out.get(JAVA_LONG, 0);
            check((long) GET_DIMENSIONS_COUNT.invokeExact(info, out.address()));
            long rank = out.get(JAVA_LONG, 0);
            MemorySegment dimensions = arena.allocate(JAVA_LONG, Math.max(1, rank));
            check((long) GET_DIMENSIONS.invokeExact(info, dimensions.address(), rank));
            return dimensions.asSlice(0, rank * Long.BYTES).toArray(JAVA_LONG);
        } catch (OrtException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        } finally {
            call(RELEASE_TENSOR_TYPE_AND_SHAPE, info);
        }
    }

    /** The number of a tensor's element type; {@code out} is room for a pointer. */
    static int elementType(long tensor, MemorySegment out) throws OrtException {
        long info = 0;
        try {
            check((long) GET_TENSOR_TYPE_AND_SHAPE.invokeExact(tensor, out.address()));
            info = out.get(JAVA_LONG, 0);
            check((long) GET_TENSOR_ELEMENT_TYPE.invokeExact(info, out.address()));
            return out.get(JAVA_INT, 0);
        } catch (OrtException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        } finally {
            call(RELEASE_TENSOR_TYPE_AND_SHAPE, info);
        }
    }

    /** The number of a value's kind, of {@code ONNXType}. */
    static int kind(long value, Arena arena) throws OrtException {
        return ask(GET_VALUE_TYPE, value, arena.allocate(JAVA_LONG)).get(JAVA_INT, 0);
    }

    /** The number of elements of a sequence. */
    static long count(long value, Arena arena) throws OrtException {
        return ask(GET_VALUE_COUNT, value, arena.allocate(JAVA_LONG)).get(JAVA_LONG, 0);
    }

    /** An element of a sequence, or the keys (0) or values (1) of a map; the caller releases it. */
    static long element(long value, int index, Arena arena) throws OrtException {
        MemorySegment out = arena.allocate(ADDRESS);
        long status;
        try {
            status = (long) GET_VALUE.invokeExact(value, index, ALLOCATOR, out.address());
        } catch (Throwable e) {
            throw unexpected(e);
        }
        check(status);
        return out.get(JAVA_LONG, 0);
    }

    /** A tensor in memory of ONNX Runtime, texts empty and others undefined, which the caller releases. */
    static long createTensor(Arena arena, int type, long[] shape) throws OrtException {
        MemorySegment out = arena.allocate(ADDRESS);
        MemorySegment dimensions = arena.allocate(JAVA_LONG, Math.max(1, shape.length));
        MemorySegment.copy(shape, 0, dimensions, JAVA_LONG, 0, shape.length);
        long status;
        try {
            status = (long) CREATE_TENSOR.invokeExact(
                    ALLOCATOR, dimensions.address(), (long) shape.length, type, out.address());
        } catch (Throwable e) {
            throw unexpected(e);
        }
        check(status);
        return out.get(JAVA_LONG, 0);
    }

    /**
     * A sequence of values, or a map of two tensors, which the caller releases; the values stay the caller's too.
     *
     * @param kind of {@code ONNXType}
     */
    static long createValue(long[] values, int kind, Arena arena) throws OrtException {
        MemorySegment out = arena.allocate(ADDRESS);
        MemorySegment pointers = arena.allocateFrom(JAVA_LONG, values);
        long status;
        try {
            status = (long) CREATE_VALUE.invokeExact(pointers.address(), (long) values.length, kind, out.address());
        } catch (Throwable e) {
            throw unexpected(e);
        }
        check(status);
        return out.get(JAVA_LONG, 0);
    }

    /** False for an optional value that is none. */
    static boolean isThere(long value, Arena arena) throws OrtException {
        return value != 0 && ask(HAS_VALUE, value, arena.allocate(JAVA_LONG)).get(JAVA_INT, 0) != 0;
    }

    /** Fills a tensor of texts from pointers to bytes that end with 0. */
    static void fillStrings(long tensor, MemorySegment pointers, long count) throws OrtException {
        long status;
        try {
            status = (long) FILL_STRING_TENSOR.invokeExact(tensor, pointers.address(), count);
        } catch (Throwable e) {
            throw unexpected(e);
        }
        check(status);
    }

    /** How many bytes the texts of a tensor have together. */
    static long stringsLength(long tensor, Arena arena) throws OrtException {
        return ask(GET_STRING_TENSOR_DATA_LENGTH, tensor, arena.allocate(JAVA_LONG))
                .get(JAVA_LONG, 0);
    }

    /** Copies the texts of a tensor one after the other, and where each begins. */
    static void strings(long tensor, MemorySegment bytes, long length, MemorySegment offsets, long count)
            throws OrtException {
        long status;
        try {
            status = (long)
                    GET_STRING_TENSOR_CONTENT.invokeExact(tensor, bytes.address(), length, offsets.address(), count);
        } catch (Throwable e) {
            throw unexpected(e);
        }
        check(status);
    }

    /** Where the elements of a tensor lie; {@code out} is room for a pointer. */
    static long data(long tensor, MemorySegment out) throws OrtException {
        return ask(GET_TENSOR_DATA, tensor, out).get(JAVA_LONG, 0);
    }

    /** Calls a function that answers one question of a value; gives {@code out}, where the answer is. */
    static MemorySegment ask(MethodHandle function, long value, MemorySegment out) throws OrtException {
        long status;
        try {
            status = (long) function.invokeExact(value, out.address());
        } catch (Throwable e) {
            throw unexpected(e);
        }
        check(status);
        return out;
    }

    static void releaseValue(long value) {
        call(RELEASE_VALUE, value);
    }

    static void releaseRunOptions(long runOptions) {
        call(RELEASE_RUN_OPTIONS, runOptions);
    }

    static void call(MethodHandle release, long pointer) {
        if (pointer != 0) {
            try {
                release.invokeExact(pointer);
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }
    }

    static void check(long status) throws OrtException {
        if (status != 0) {
            throw failure(status);
        }
    }

    private static OrtException failure(long status) {
        try {
            int code = (int) GET_ERROR_CODE.invokeExact(status);
            long text = (long) GET_ERROR_MESSAGE.invokeExact(status);
            return new OrtException(code, memory(text, Integer.MAX_VALUE).getString(0));
        } catch (Throwable e) {
            throw unexpected(e);
        } finally {
            call(RELEASE_STATUS, status);
        }
    }

    static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException failure
                ? failure
                : new IllegalStateException("a call of ONNX Runtime failed", e);
    }
}
