package dev.mlops.onnx.model;

import ai.onnxruntime.OnnxJavaType;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How the elements of each type lie in Java arrays and in native memory. */
final class Elements {
    /** The types that the Java binding of ONNX Runtime can hand over as an input. */
    private static final Map<ElementType, OnnxJavaType> INPUTS = Map.ofEntries(
            Map.entry(ElementType.FLOAT, OnnxJavaType.FLOAT),
            Map.entry(ElementType.DOUBLE, OnnxJavaType.DOUBLE),
            Map.entry(ElementType.INT64, OnnxJavaType.INT64),
            Map.entry(ElementType.INT32, OnnxJavaType.INT32),
            Map.entry(ElementType.INT16, OnnxJavaType.INT16),
            Map.entry(ElementType.INT8, OnnxJavaType.INT8),
            Map.entry(ElementType.UINT8, OnnxJavaType.UINT8),
            Map.entry(ElementType.BOOL, OnnxJavaType.BOOL),
            Map.entry(ElementType.STRING, OnnxJavaType.STRING),
            Map.entry(ElementType.FLOAT16, OnnxJavaType.FLOAT16),
            Map.entry(ElementType.BFLOAT16, OnnxJavaType.BFLOAT16));

    private Elements() {}

    /** The type to give to the binding; null if it has none. */
    static @Nullable OnnxJavaType javaType(ElementType type) {
        return INPUTS.get(type);
    }

    /** Bits of one element; 0 for strings, -1 for what no tensor here holds. */
    static int bits(ElementType type) {
        return switch (type) {
            case UINT4, INT4, FLOAT4E2M1 -> 4;
            case COMPLEX64, COMPLEX128 -> -1;
            default -> bytes(type) * Byte.SIZE;
        };
    }

    /** True if two elements share a byte, the first in its low bits. */
    static boolean isPacked(ElementType type) {
        return bits(type) == 4;
    }

    static boolean isFloat8(ElementType type) {
        return switch (type) {
            case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> true;
            default -> false;
        };
    }

    /** Bytes of so many elements, none of which is a string. */
    static int bytes(ElementType type, int count) {
        return isPacked(type) ? count / 2 + count % 2 : Math.multiplyExact(count, bytes(type));
    }

    /** True for a key or value of a map that stands for an element of this type. */
    static boolean isBoxed(ElementType type, Object value) {
        return switch (type) {
            case FLOAT -> value instanceof Float;
            case DOUBLE -> value instanceof Double;
            case INT64 -> value instanceof Long;
            case STRING -> value instanceof String;
            default -> false;
        };
    }

    /** Bytes of one element; 0 for strings and for what has no whole number of bytes. */
    static int bytes(ElementType type) {
        return switch (type) {
            case INT8, UINT8, BOOL, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> Byte.BYTES;
            case INT16, UINT16, FLOAT16, BFLOAT16 -> Short.BYTES;
            case INT32, UINT32, FLOAT -> Integer.BYTES;
            case INT64, UINT64, DOUBLE -> Long.BYTES;
            default -> 0;
        };
    }

    /** The number of elements in a shape; refuses negative dimensions and more elements than an array holds. */
    static int count(long[] shape) {
        long count = 1;
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new InvalidInputException("tensor shape", Arrays.toString(shape), "must not be negative");
            }
            count = Math.multiplyHigh(count, dimension) == 0 ? count * dimension : -1;
            if (count < 0 || count > Integer.MAX_VALUE) {
                throw new InvalidInputException("tensor shape", Arrays.toString(shape), "holds too many elements");
            }
        }
        return (int) count;
    }

    static int length(Object array) {
        return Array.getLength(array);
    }

    /** Writes the elements from the start of {@code target}, which has native order. */
    static void write(Object array, ByteBuffer target) {
        target.clear();
        if (array instanceof float[] floats) {
            target.asFloatBuffer().put(floats);
        } else if (array instanceof double[] doubles) {
            target.asDoubleBuffer().put(doubles);
        } else if (array instanceof long[] longs) {
            target.asLongBuffer().put(longs);
        } else if (array instanceof int[] ints) {
            target.asIntBuffer().put(ints);
        } else if (array instanceof short[] shorts) {
            target.asShortBuffer().put(shorts);
        } else if (array instanceof byte[] bytes) {
            target.put(bytes);
        } else {
            writeBooleans((boolean[]) array, target);
        }
    }

    private static void writeBooleans(boolean[] booleans, ByteBuffer target) {
        for (boolean value : booleans) {
            target.put((byte) (value ? 1 : 0));
        }
    }

    /** Reads {@code count} elements from the start of {@code source}, which has native order. */
    static Object read(ElementType type, ByteBuffer source, int count) {
        source.clear();
        switch (type) {
            case FLOAT -> {
                float[] array = new float[count];
                source.asFloatBuffer().get(array);
                return array;
            }
            case DOUBLE -> {
                double[] array = new double[count];
                source.asDoubleBuffer().get(array);
                return array;
            }
            case INT64, UINT64 -> {
                long[] array = new long[count];
                source.asLongBuffer().get(array);
                return array;
            }
            case INT32, UINT32 -> {
                int[] array = new int[count];
                source.asIntBuffer().get(array);
                return array;
            }
            case BOOL -> {
                return readBooleans(source, count);
            }
            default -> {
                return readSmall(type, source, count);
            }
        }
    }

    /** Two numbers from {@code least} to {@code most} in each byte, the first in its low bits. */
    static byte[] pack(byte[] numbers, int least, int most) {
        byte[] packed = new byte[numbers.length / 2 + numbers.length % 2];
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] < least || numbers[i] > most) {
                throw new InvalidInputException(
                        "tensor element " + i, numbers[i], "must be %d to %d".formatted(least, most));
            }
            packed[i / 2] |= (byte) ((numbers[i] & 0xF) << (i % 2 * 4));
        }
        return packed;
    }

    /** The elements of a tensor of 4-bit numbers, one in each byte; those of floats as their codes. */
    static byte[] unpack(Tensor tensor) {
        byte[] packed = (byte[]) tensor.rawElements();
        byte[] numbers = new byte[tensor.size()];
        int sign = tensor.elementType() == ElementType.INT4 ? 0x8 : 0;
        for (int i = 0; i < numbers.length; i++) {
            int number = (packed[i / 2] >> (i % 2 * 4)) & 0xF;
            numbers[i] = (byte) ((number ^ sign) - sign);
        }
        return numbers;
    }

    /** Clears the bits behind the last of an odd number of 4-bit elements, of which nobody knows what they are. */
    static byte[] clean(ElementType type, byte[] bytes, int count) {
        if (isPacked(type) && count % 2 == 1) {
            bytes[bytes.length - 1] &= 0xF;
        }
        return bytes;
    }

    private static Object readSmall(ElementType type, ByteBuffer source, int count) {
        if (bytes(type) == Short.BYTES) {
            short[] array = new short[count];
            source.asShortBuffer().get(array);
            return array;
        }
        byte[] array = new byte[bytes(type, count)];
        source.get(array);
        return clean(type, array, count);
    }

    private static boolean[] readBooleans(ByteBuffer source, int count) {
        boolean[] array = new boolean[count];
        for (int i = 0; i < count; i++) {
            array[i] = source.get(i) != 0;
        }
        return array;
    }

    /** Refuses texts that the binding, which speaks modified UTF-8, would change on the way. */
    static void checkTexts(String[] texts) {
        for (int i = 0; i < texts.length; i++) {
            checkText(texts[i], i);
        }
    }

    private static void checkText(String text, int index) {
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == 0 || Character.isSurrogate(character)) {
                throw new InvalidInputException(
                        "string element " + index,
                        text,
                        "holds U+0000 or a character above U+FFFF, which the Java binding of ONNX Runtime changes");
            }
        }
    }

    static float[] toFloats(short[] values, ShortToFloat conversion) {
        float[] widened = new float[values.length];
        for (int i = 0; i < widened.length; i++) {
            widened[i] = conversion.apply(values[i]);
        }
        return widened;
    }

    static int[] toInts(short[] values, ShortToInt conversion) {
        int[] widened = new int[values.length];
        for (int i = 0; i < widened.length; i++) {
            widened[i] = conversion.apply(values[i]);
        }
        return widened;
    }

    static int[] toInts(byte[] values, ByteToInt conversion) {
        int[] widened = new int[values.length];
        for (int i = 0; i < widened.length; i++) {
            widened[i] = conversion.apply(values[i]);
        }
        return widened;
    }

    interface ShortToFloat {
        float apply(short value);
    }

    interface ShortToInt {
        int apply(short value);
    }

    interface ByteToInt {
        int apply(byte value);
    }
}
