package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.ProtocolException.badRequest;

import ai.onnxruntime.platform.Fp16Conversions;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.model.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Tensors as the binary tensor data extension of Triton Inference Server has them: little-endian, row-major, without
 * padding; a BOOL is one byte, 0 or 1; a BYTES element is its length in 4 bytes and the bytes. Of the datatypes of 4 bits,
 * which the extension does not know, two elements share a byte, as {@link Tensor#packed()} has them.
 */
final class BinaryTensor {
    private BinaryTensor() {}

    /** True for types of 8-bit floats and of 4 bits. */
    private static boolean isPacked(ElementType type) {
        return switch (type) {
            case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, UINT4, INT4, FLOAT4E2M1 -> true;
            default -> false;
        };
    }

    /** Bits of one element; 0 for texts, and for types that no tensor in Java holds. */
    private static int bits(ElementType type) {
        return switch (type) {
            case UINT4, INT4, FLOAT4E2M1 -> 4;
            case BOOL, INT8, UINT8, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> Byte.SIZE;
            case INT16, UINT16, FLOAT16, BFLOAT16 -> Short.SIZE;
            case INT32, UINT32, FLOAT -> Integer.SIZE;
            case INT64, UINT64, DOUBLE -> Long.SIZE;
            default -> 0;
        };
    }

    /** How many elements a byte of a body can hold. */
    static long mostInAByte(ElementType type) {
        return bits(type) == 4 ? 2 : 1;
    }

    private static long size(ElementType type, int count) {
        return ((long) count * bits(type) + Byte.SIZE - 1) / Byte.SIZE;
    }

    /**
     * Reads a tensor.
     *
     * @param path the field that tells the size, for messages
     * @param count the elements of the shape
     * @param bytes all of it
     */
    static Tensor read(String path, ElementType type, long[] shape, int count, ByteBuffer bytes)
            throws ProtocolException {
        if (type == ElementType.STRING) {
            return Tensor.strings(texts(path, bytes, count), shape);
        }
        if (bits(type) == 0) {
            throw badRequest(path, "datatype " + type.protocolName() + " is not supported");
        }
        if (size(type, count) != bytes.remaining()) {
            throw badRequest(
                    path, "is %d, but the shape asks for %d bytes".formatted(bytes.remaining(), size(type, count)));
        }
        if (isPacked(type)) {
            byte[] packed = new byte[bytes.remaining()];
            bytes.get(packed);
            return Tensor.packed(type, packed, shape);
        }
        return numbers(path, type, shape, bytes, count);
    }

    private static Tensor numbers(String path, ElementType type, long[] shape, ByteBuffer bytes, int count)
            throws ProtocolException {
        return switch (type) {
            case FLOAT -> {
                float[] values = new float[count];
                bytes.asFloatBuffer().get(values);
                yield Tensor.floats(values, shape);
            }
            case DOUBLE -> {
                double[] values = new double[count];
                bytes.asDoubleBuffer().get(values);
                yield Tensor.doubles(values, shape);
            }
            case INT64, UINT64 -> {
                long[] values = new long[count];
                bytes.asLongBuffer().get(values);
                yield type == ElementType.INT64 ? Tensor.longs(values, shape) : Tensor.unsignedLongs(values, shape);
            }
            case INT32, UINT32 -> {
                int[] values = new int[count];
                bytes.asIntBuffer().get(values);
                yield type == ElementType.INT32 ? Tensor.ints(values, shape) : Tensor.unsignedInts(values, shape);
            }
            case BOOL -> Tensor.booleans(booleans(path, bytes, count), shape);
            case INT8, UINT8 -> {
                byte[] values = new byte[count];
                bytes.get(values);
                yield type == ElementType.INT8 ? Tensor.bytes(values, shape) : Tensor.unsignedBytes(values, shape);
            }
            default -> shorts(type, shape, bytes, count);
        };
    }

    private static Tensor shorts(ElementType type, long[] shape, ByteBuffer bytes, int count) {
        short[] values = new short[count];
        bytes.asShortBuffer().get(values);
        return switch (type) {
            case INT16 -> Tensor.shorts(values, shape);
            case UINT16 -> Tensor.unsignedShorts(values, shape);
            case FLOAT16 -> Tensor.float16(widened(values, Fp16Conversions::fp16ToFloat), shape);
            default -> Tensor.bfloat16(widened(values, Fp16Conversions::bf16ToFloat), shape);
        };
    }

    private interface Widening {
        float apply(short bits);
    }

    private static float[] widened(short[] bits, Widening widening) {
        float[] values = new float[bits.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = widening.apply(bits[i]);
        }
        return values;
    }

    private static boolean[] booleans(String path, ByteBuffer bytes, int count) throws ProtocolException {
        boolean[] values = new boolean[count];
        for (int i = 0; i < count; i++) {
            byte value = bytes.get(i);
            if (value != 0 && value != 1) {
                throw badRequest(path, "byte " + i + " is " + value + ", a BOOL is 0 or 1");
            }
            values[i] = value == 1;
        }
        return values;
    }

    private static String[] texts(String path, ByteBuffer bytes, int count) throws ProtocolException {
        if ((long) count * Integer.BYTES > bytes.remaining()) {
            throw badRequest(path, "is too small for the lengths of " + count + " elements");
        }
        String[] texts = new String[count];
        for (int i = 0; i < count; i++) {
            texts[i] = text(path, bytes, i);
        }
        if (bytes.hasRemaining()) {
            throw badRequest(path, "has " + bytes.remaining() + " bytes more than its elements");
        }
        return texts;
    }

    private static String text(String path, ByteBuffer bytes, int index) throws ProtocolException {
        int length = bytes.remaining() < Integer.BYTES ? -1 : bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
            throw badRequest(path, "ends in the middle of element " + index);
        }
        ByteBuffer utf8 = bytes.slice().limit(length);
        bytes.position(bytes.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            throw badRequest(path, "element " + index + " is no UTF-8");
        }
    }

    /** Writes a tensor. */
    static byte[] write(Tensor tensor) {
        ElementType type = tensor.elementType();
        if (type == ElementType.STRING) {
            return writeTexts(tensor.strings());
        }
        if (isPacked(type)) {
            return tensor.packed();
        }
        byte[] array = new byte[Math.toIntExact(size(type, tensor.size()))];
        ByteBuffer bytes = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case FLOAT -> bytes.asFloatBuffer().put(tensor.floats());
            case DOUBLE -> bytes.asDoubleBuffer().put(tensor.doubles());
            case INT64, UINT64 -> bytes.asLongBuffer().put(tensor.longs());
            case FLOAT16 -> {
                for (float value : tensor.floats()) {
                    bytes.putShort(Fp16Conversions.floatToFp16(value));
                }
            }
            case BFLOAT16 -> {
                for (float value : tensor.floats()) {
                    bytes.putShort(Fp16Conversions.floatToBf16(value));
                }
            }
            case BOOL -> {
                for (boolean value : tensor.booleans()) {
                    bytes.put((byte) (value ? 1 : 0));
                }
            }
            default -> writeIntegers(tensor.longs(), bits(type), bytes);
        }
        return array;
    }

    private static void writeIntegers(long[] values, int bits, ByteBuffer bytes) {
        for (long value : values) {
            switch (bits) {
                case Byte.SIZE -> bytes.put((byte) value);
                case Short.SIZE -> bytes.putShort((short) value);
                default -> bytes.putInt((int) value);
            }
        }
    }

    private static byte[] writeTexts(String[] texts) {
        byte[][] encoded = new byte[texts.length][];
        int size = 0;
        for (int i = 0; i < texts.length; i++) {
            encoded[i] = texts[i].getBytes(StandardCharsets.UTF_8);
            size = Math.addExact(size, Integer.BYTES + encoded[i].length);
        }
        byte[] array = new byte[size];
        ByteBuffer bytes = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
        for (byte[] each : encoded) {
            bytes.putInt(each.length).put(each);
        }
        return array;
    }
}
