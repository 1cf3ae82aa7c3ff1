package dev.mlops.onnx.model;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import ai.onnxruntime.OrtException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Copies values of every kind between Java and native memory, texts as true UTF-8. */
final class ForeignValues {
    static final int TENSOR = 1;
    static final int SEQUENCE = 2;
    static final int MAP = 3;
    static final int OPTIONAL = 6;

    private ForeignValues() {}

    /** A native copy of a value of a type, which the caller releases. */
    static long create(Value value, ValueType type) throws OrtException {
        try (Arena arena = Arena.ofConfined()) {
            return create(value, type, arena);
        }
    }

    private static long create(Value value, ValueType type, Arena arena) throws OrtException {
        return switch (value) {
            case Tensor tensor -> create(tensor, arena);
            case Value.Sequence sequence ->
                create(sequence.values(), ((ValueType.OfSequence) content(type)).element(), arena);
            case Value.Mapping mapping -> create(mapping.entries(), (ValueType.OfMap) content(type), arena);
            case Value.Absent absent -> throw new IllegalArgumentException("an absent value is not handed over");
        };
    }

    private static ValueType content(ValueType type) {
        return type instanceof ValueType.OfOptional optional ? optional.content() : type;
    }

    private static long create(List<Value> values, ValueType type, Arena arena) throws OrtException {
        if (values.isEmpty()) {
            return EmptySequences.create(type);
        }
        long[] elements = new long[values.size()];
        try {
            for (int i = 0; i < elements.length; i++) {
                elements[i] = create(values.get(i), type, arena);
            }
            return ForeignApi.createValue(elements, SEQUENCE, arena);
        } finally {
            release(elements);
        }
    }

    private static long create(Map<Object, Object> entries, ValueType.OfMap type, Arena arena) throws OrtException {
        long[] parts = new long[2];
        try {
            parts[0] = create(unboxed(entries.keySet(), type.key()), arena);
            parts[1] = create(unboxed(entries.values(), type.elementType()), arena);
            return ForeignApi.createValue(parts, MAP, arena);
        } finally {
            release(parts);
        }
    }

    private static void release(long[] values) {
        for (long value : values) {
            ForeignApi.releaseValue(value);
        }
    }

    private static Tensor unboxed(Collection<Object> values, ElementType type) {
        Object array = Tensor.zeros(type, values.size()).rawElements();
        int at = 0;
        for (Object value : values) {
            Array.set(array, at++, value);
        }
        return Tensor.owning(type, new long[] {values.size()}, array);
    }

    private static long create(Tensor tensor, Arena arena) throws OrtException {
        long made = ForeignApi.createTensor(arena, tensor.elementType().onnxNumber(), tensor.rawShape());
        try {
            if (tensor.rawElements() instanceof String[] texts) {
                fill(made, texts, arena);
            } else if (tensor.size() > 0) {
                long bytes = Elements.bytes(tensor.elementType(), tensor.size());
                ByteBuffer memory = ForeignApi.memory(ForeignApi.data(made, arena.allocate(ADDRESS)), bytes)
                        .asByteBuffer();
                Elements.write(tensor.rawElements(), memory.order(ByteOrder.nativeOrder()));
            }
            return made;
        } catch (OrtException | RuntimeException | Error e) {
            ForeignApi.releaseValue(made);
            throw e;
        }
    }

    private static void fill(long tensor, String[] texts, Arena arena) throws OrtException {
        MemorySegment pointers = arena.allocate(ADDRESS, Math.max(1, texts.length));
        for (int i = 0; i < texts.length; i++) {
            pointers.setAtIndex(ADDRESS, i, arena.allocateFrom(JAVA_BYTE, terminated(texts[i], i)));
        }
        ForeignApi.fillStrings(tensor, pointers, texts.length);
    }

    private static byte[] terminated(String text, int index) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining() + 1];
            encoded.get(bytes, 0, bytes.length - 1);
            if (text.indexOf(0) >= 0) {
                throw new InvalidInputException(
                        "string element " + index, text, "holds U+0000, which ends a text for ONNX Runtime");
            }
            return bytes;
        } catch (CharacterCodingException e) {
            throw new InvalidInputException(
                    "string element " + index, text, "holds half a surrogate pair, which is no character", e);
        }
    }

    /** Copies what was given for an output, which stays the caller's; 0 is nothing. */
    static Value read(long value, ValueSpec spec) throws OrtException {
        try (Arena arena = Arena.ofConfined()) {
            if (!ForeignApi.isThere(value, arena)) {
                if (spec.kind() == ValueKind.OPTIONAL) {
                    return new Value.Absent();
                }
                throw new IllegalStateException("no run gave " + spec);
            }
            return read(value, arena);
        }
    }

    private static Value read(long value, Arena arena) throws OrtException {
        int kind = ForeignApi.kind(value, arena);
        return switch (kind) {
            case TENSOR -> tensor(value, arena);
            case SEQUENCE -> sequence(value, arena);
            case MAP -> mapping(value, arena);
            default -> throw new IllegalStateException("a value of kind " + kind + " cannot be read");
        };
    }

    private static Tensor tensor(long value, Arena arena) throws OrtException {
        MemorySegment out = arena.allocate(ADDRESS);
        long[] shape = ForeignApi.shape(value, out);
        ElementType type = ElementType.ofOnnxNumber(ForeignApi.elementType(value, out));
        int count = Elements.count(shape);
        if (type == ElementType.STRING) {
            return Tensor.owning(type, shape, texts(value, count, arena));
        }
        long bytes = Elements.bytes(type, count);
        if (count == 0) {
            return Tensor.owning(type, shape, Elements.read(type, ByteBuffer.allocate(0), 0));
        }
        ByteBuffer source = ForeignApi.memory(ForeignApi.data(value, out), bytes)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder());
        return Tensor.owning(type, shape, Elements.read(type, source, count));
    }

    private static String[] texts(long value, int count, Arena arena) throws OrtException {
        String[] texts = new String[count];
        if (count == 0) {
            return texts;
        }
        long length = ForeignApi.stringsLength(value, arena);
        MemorySegment bytes = arena.allocate(Math.max(1, length));
        MemorySegment offsets = arena.allocate(JAVA_LONG, count);
        ForeignApi.strings(value, bytes, length, offsets, count);
        for (int i = 0; i < count; i++) {
            long from = offsets.getAtIndex(JAVA_LONG, i);
            long to = i + 1 < count ? offsets.getAtIndex(JAVA_LONG, i + 1L) : length;
            texts[i] = new String(bytes.asSlice(from, to - from).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
        }
        return texts;
    }

    private static Value sequence(long value, Arena arena) throws OrtException {
        long count = ForeignApi.count(value, arena);
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long element = ForeignApi.element(value, i, arena);
            try {
                values.add(read(element, arena));
            } finally {
                ForeignApi.releaseValue(element);
            }
        }
        return new Value.Sequence(values);
    }

    private static Value mapping(long value, Arena arena) throws OrtException {
        Object[] keys = boxed(part(value, 0, arena));
        Object[] values = boxed(part(value, 1, arena));
        Map<Object, Object> entries = new LinkedHashMap<>();
        for (int i = 0; i < keys.length; i++) {
            entries.put(keys[i], values[i]);
        }
        return new Value.Mapping(entries);
    }

    private static Tensor part(long map, int index, Arena arena) throws OrtException {
        long part = ForeignApi.element(map, index, arena);
        try {
            return tensor(part, arena);
        } finally {
            ForeignApi.releaseValue(part);
        }
    }

    private static Object[] boxed(Tensor tensor) {
        Object[] boxed = new Object[tensor.size()];
        for (int i = 0; i < boxed.length; i++) {
            boxed[i] = Array.get(tensor.rawElements(), i);
        }
        return boxed;
    }
}
