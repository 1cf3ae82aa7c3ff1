package dev.mlops.onnx.model;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.mlops.api.model.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Direct memory for one input or output with a native tensor over it, both kept from run to run while the shape stays.
 * Confined to the thread that holds its lane.
 */
final class Slot implements AutoCloseable {
    /** More than this is given back after the run. */
    private static final int MOST_KEPT = 4 << 20;

    private static final ByteBuffer NONE = ByteBuffer.allocateDirect(0);

    private final OrtEnvironment environment;
    private final ElementType type;
    private final OnnxJavaType javaType;

    private ByteBuffer memory = NONE;
    private long[] shape = {};
    private @Nullable OnnxTensor tensor;

    Slot(OrtEnvironment environment, ElementType type) {
        this.environment = environment;
        this.type = type;
        this.javaType = Objects.requireNonNull(Elements.javaType(type));
    }

    /** True if tensors of this type, with {@code count} elements, can stand in direct memory. */
    static boolean holds(@Nullable ElementType type, long count) {
        return type != null
                && type != ElementType.STRING
                && Elements.javaType(type) != null
                && count > 0
                && count * Elements.bytes(type) <= Integer.MAX_VALUE - 8L;
    }

    /** The native tensor of a shape, over this slot's memory. */
    OnnxTensor shaped(long[] wanted, int count) throws OrtException {
        OnnxTensor kept = tensor;
        if (kept != null && Arrays.equals(shape, wanted)) {
            return kept;
        }
        close();
        reserve(count * Elements.bytes(type));
        ByteBuffer window = memory.duplicate().order(ByteOrder.nativeOrder());
        window.clear().limit(count * Elements.bytes(type));
        OnnxTensor made = OnnxTensor.createTensor(environment, window, wanted, javaType);
        tensor = made;
        shape = wanted;
        return made;
    }

    private void reserve(int bytes) {
        if (memory.capacity() < bytes) {
            memory = NONE;
            memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }
    }

    void write(Object array) {
        Elements.write(array, memory);
    }

    Object read(int count) {
        return Elements.read(type, memory, count);
    }

    /** Gives large memory back. */
    void trim() {
        if (memory.capacity() > MOST_KEPT) {
            close();
            memory = NONE;
        }
    }

    /** Frees the native tensor; the memory stays for the next one. */
    @Override
    public void close() {
        OnnxTensor open = tensor;
        tensor = null;
        if (open != null) {
            open.close();
        }
    }
}
