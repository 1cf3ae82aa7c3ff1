package dev.mlops.onnx.model;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Asks a session for the types of its inputs and outputs, those included that the Java binding does not know. */
final class ForeignTypes {
    private static final MethodHandle INPUT = ForeignApi.pointer(33, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle OUTPUT = ForeignApi.pointer(34, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle KIND = ForeignApi.pointer(56, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle AS_TENSOR = ForeignApi.pointer(55, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle TENSOR_ELEMENT = ForeignApi.pointer(60, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle RANK = ForeignApi.pointer(61, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SIZES = ForeignApi.pointer(62, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SYMBOLS = ForeignApi.pointer(63, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle RELEASE = ForeignApi.release(98);
    private static final MethodHandle AS_MAP = ForeignApi.pointer(103, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle AS_SEQUENCE = ForeignApi.pointer(104, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle MAP_KEY = ForeignApi.pointer(105, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle MAP_VALUE = ForeignApi.pointer(106, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SEQUENCE_ELEMENT = ForeignApi.pointer(107, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle AS_OPTIONAL = ForeignApi.pointer(250, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle OPTIONAL_CONTENT = ForeignApi.pointer(251, JAVA_LONG, JAVA_LONG);

    private static final int LONGEST_NAME = 1 << 16;

    private ForeignTypes() {}

    static Map<String, ValueType> inputs(OrtSession session) throws OrtException {
        return types(INPUT, session, session.getInputNames());
    }

    static Map<String, ValueType> outputs(OrtSession session) throws OrtException {
        return types(OUTPUT, session, session.getOutputNames());
    }

    private static Map<String, ValueType> types(MethodHandle function, OrtSession session, Set<String> names)
            throws OrtException {
        Map<String, ValueType> types = new LinkedHashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            for (String name : names) {
                types.put(name, released(type(function, ForeignApi.handle(session), types.size(), arena), name, arena));
            }
        }
        return types;
    }

    private static long type(MethodHandle function, long session, long index, Arena arena) throws OrtException {
        MemorySegment out = arena.allocate(ADDRESS);
        long status;
        try {
            status = (long) function.invokeExact(session, index, out.address());
        } catch (Throwable e) {
            throw ForeignApi.unexpected(e);
        }
        ForeignApi.check(status);
        return out.get(JAVA_LONG, 0);
    }

    private static ValueType released(long type, String name, Arena arena) throws OrtException {
        try {
            return read(type, name, arena);
        } finally {
            ForeignApi.call(RELEASE, type);
        }
    }

    private static ValueType read(long type, String name, Arena arena) throws OrtException {
        int kind = number(KIND, type, arena);
        return switch (kind) {
            case ForeignValues.TENSOR -> tensor(pointer(AS_TENSOR, type, arena), arena);
            case ForeignValues.SEQUENCE ->
                new ValueType.OfSequence(inner(SEQUENCE_ELEMENT, pointer(AS_SEQUENCE, type, arena), name, arena));
            case ForeignValues.MAP -> map(pointer(AS_MAP, type, arena), name, arena);
            case ForeignValues.OPTIONAL ->
                new ValueType.OfOptional(inner(OPTIONAL_CONTENT, pointer(AS_OPTIONAL, type, arena), name, arena));
            default ->
                throw new InvalidInputException(
                        "'" + name + "'", "kind " + kind, "is a sparse or opaque value, which cannot be read");
        };
    }

    private static ValueType inner(MethodHandle function, long outer, String name, Arena arena) throws OrtException {
        return released(pointer(function, outer, arena), name, arena);
    }

    private static ValueType map(long map, String name, Arena arena) throws OrtException {
        ElementType key = ElementType.ofOnnxNumber(number(MAP_KEY, map, arena));
        return new ValueType.OfMap(key, inner(MAP_VALUE, map, name, arena).elementType());
    }

    private static ValueType tensor(long info, Arena arena) throws OrtException {
        ElementType element = ElementType.ofOnnxNumber(number(TENSOR_ELEMENT, info, arena));
        long rank = ForeignApi.ask(RANK, info, arena.allocate(JAVA_LONG)).get(JAVA_LONG, 0);
        MemorySegment sizes = array(SIZES, info, rank, arena);
        MemorySegment symbols = array(SYMBOLS, info, rank, arena);
        List<Dimension> shape = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            String symbol = ForeignApi.memory(symbols.getAtIndex(JAVA_LONG, i), LONGEST_NAME)
                    .getString(0);
            shape.add(ValueType.dimension(sizes.getAtIndex(JAVA_LONG, i), symbol));
        }
        return new ValueType.OfTensor(element, shape);
    }

    private static MemorySegment array(MethodHandle function, long info, long rank, Arena arena) throws OrtException {
        MemorySegment array = arena.allocate(JAVA_LONG, Math.max(1, rank));
        long status;
        try {
            status = (long) function.invokeExact(info, array.address(), rank);
        } catch (Throwable e) {
            throw ForeignApi.unexpected(e);
        }
        ForeignApi.check(status);
        return array;
    }

    private static long pointer(MethodHandle function, long of, Arena arena) throws OrtException {
        return ForeignApi.ask(function, of, arena.allocate(ADDRESS)).get(JAVA_LONG, 0);
    }

    private static int number(MethodHandle function, long of, Arena arena) throws OrtException {
        return ForeignApi.ask(function, of, arena.allocate(JAVA_LONG)).get(JAVA_INT, 0);
    }
}
