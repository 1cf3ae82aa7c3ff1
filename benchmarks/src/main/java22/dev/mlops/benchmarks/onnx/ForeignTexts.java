package dev.mlops.benchmarks.onnx;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/** Texts, which ONNX Runtime keeps and copies from and to UTF-8 bytes. */
final class ForeignTexts implements ForeignTensor {
    private static final MethodHandle GET_ALLOCATOR = NativeApi.function(78, JAVA_LONG);
    private static final MethodHandle CREATE_TENSOR =
            NativeApi.function(48, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG);
    private static final MethodHandle FILL = NativeApi.function(52, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle LENGTH = NativeApi.function(53, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle CONTENT =
            NativeApi.function(54, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private final long value;

    ForeignTexts(Arena arena, NamedArray array) {
        MemorySegment out = arena.allocate(JAVA_LONG);
        MemorySegment shape = arena.allocateFrom(JAVA_LONG, array.shape());
        try {
            NativeApi.check((long) GET_ALLOCATOR.invokeExact(out.address()));
            long allocator = out.get(JAVA_LONG, 0);
            NativeApi.check(
                    (long) CREATE_TENSOR.invokeExact(allocator, shape.address(), 2L, Graphs.STRING, out.address()));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        value = out.get(JAVA_LONG, 0);
    }

    @Override
    public long value() {
        return value;
    }

    @Override
    public void set(Object array) {
        String[] texts = (String[]) array;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pointers = arena.allocate(JAVA_LONG, texts.length);
            for (int i = 0; i < texts.length; i++) {
                pointers.setAtIndex(JAVA_LONG, i, arena.allocateFrom(texts[i]).address());
            }
            NativeApi.check((long) FILL.invokeExact(value, pointers.address(), (long) texts.length));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void get(Object array) {
        String[] texts = (String[]) array;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment offsets = arena.allocate(JAVA_LONG, texts.length + 1L);
            NativeApi.check((long) LENGTH.invokeExact(value, offsets.address()));
            long length = offsets.get(JAVA_LONG, 0);
            MemorySegment bytes = arena.allocate(length);
            NativeApi.check(
                    (long) CONTENT.invokeExact(value, bytes.address(), length, offsets.address(), (long) texts.length));
            offsets.setAtIndex(JAVA_LONG, texts.length, length);
            for (int i = 0; i < texts.length; i++) {
                texts[i] = text(bytes, offsets.getAtIndex(JAVA_LONG, i), offsets.getAtIndex(JAVA_LONG, i + 1));
            }
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(MemorySegment bytes, long from, long to) {
        return new String(bytes.asSlice(from, to - from).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    }
}
