package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.mlops.onnx.model.Tensor;
import java.lang.reflect.Array;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Map;

/**
 * One row of an input or output, of the shape {@code [1,n]}.
 *
 * @param name the name of the input or output
 * @param array a {@code float[]}, {@code long[]} or {@code String[]}
 */
record NamedArray(String name, Object array) {
    /** How a value is made of an array. */
    interface Making<T> {
        T of(NamedArray array) throws OrtException;
    }

    /** A value for each array, by its name. */
    @SuppressWarnings("unchecked") // an array of entries cannot be made otherwise
    static <T> Map<String, T> byName(NamedArray[] arrays, Making<T> making) throws OrtException {
        if (arrays.length == 1) {
            return Map.of(arrays[0].name, making.of(arrays[0]));
        }
        Map.Entry<String, T>[] entries = (Map.Entry<String, T>[]) new Map.Entry<?, ?>[arrays.length];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = Map.entry(arrays[i].name, making.of(arrays[i]));
        }
        return Map.ofEntries(entries);
    }

    /** The arrays without their names. */
    static Object[] arrays(NamedArray[] arrays) {
        return Arrays.stream(arrays).map(NamedArray::array).toArray();
    }

    /** Throws for texts. */
    void requireNumbers() {
        if (array instanceof String[]) {
            throw new IllegalArgumentException("'" + name + "' is of texts, which lie in no buffer");
        }
    }

    int length() {
        return Array.getLength(array);
    }

    long[] shape() {
        return new long[] {1, length()};
    }

    /** An array of this array. */
    Object[] nested() {
        if (array instanceof float[] floats) {
            return new float[][] {floats};
        }
        return array instanceof long[] longs ? new long[][] {longs} : new String[][] {(String[]) array};
    }

    /** A tensor of ours, over the array where it is one of floats. */
    Tensor tensor() {
        if (array instanceof float[] floats) {
            return Tensor.wrap(floats, 1, floats.length);
        }
        return array instanceof long[] longs
                ? Tensor.longs(longs, 1, longs.length)
                : Tensor.strings((String[]) array, 1, length());
    }

    /** A tensor of ONNX Runtime's binding, from the flat array. */
    OnnxTensor flat(OrtEnvironment environment) throws OrtException {
        if (array instanceof String[] texts) {
            return OnnxTensor.createTensor(environment, texts, shape());
        }
        return over(
                environment,
                array instanceof float[] floats ? FloatBuffer.wrap(floats) : LongBuffer.wrap((long[]) array));
    }

    /** A tensor of ONNX Runtime's binding, over a buffer with the elements. */
    OnnxTensor over(OrtEnvironment environment, Buffer buffer) throws OrtException {
        return buffer instanceof FloatBuffer floats
                ? OnnxTensor.createTensor(environment, floats, shape())
                : OnnxTensor.createTensor(environment, (LongBuffer) buffer, shape());
    }

    /** Room for the elements outside the heap. */
    Buffer direct() {
        requireNumbers();
        ByteBuffer bytes = ByteBuffer.allocateDirect(length() * (array instanceof float[] ? Float.BYTES : Long.BYTES))
                .order(ByteOrder.nativeOrder());
        return array instanceof float[] ? bytes.asFloatBuffer() : bytes.asLongBuffer();
    }

    void copyTo(Buffer buffer) {
        if (array instanceof float[] floats) {
            ((FloatBuffer) buffer).put(0, floats);
        } else {
            ((LongBuffer) buffer).put(0, (long[]) array);
        }
    }

    void copyFrom(Buffer buffer) {
        if (array instanceof float[] floats) {
            ((FloatBuffer) buffer).get(0, floats);
        } else {
            ((LongBuffer) buffer).get(0, (long[]) array);
        }
    }
}
