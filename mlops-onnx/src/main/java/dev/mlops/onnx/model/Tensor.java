package dev.mlops.onnx.model;

import ai.onnxruntime.platform.Fp16Conversions;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * A dense tensor in Java memory: an element type, a shape, and the elements in row-major order. Immutable and
 * thread-safe: arrays are copied on the way in and on the way out, but for {@link #wrap} and {@link #floatBuffer}.
 *
 * <p>A factory called without a shape makes a scalar and takes exactly one element. The accessors widen where nothing is
 * lost and refuse another type, so {@code floats()} reads every float but DOUBLE, and {@code longs()} every integer
 * type.
 */
public final class Tensor implements Value {
    private final ElementType elementType;
    private final long[] shape;
    private final Object elements;

    private Tensor(ElementType elementType, long[] shape, Object elements) {
        this.elementType = elementType;
        this.shape = shape;
        this.elements = elements;
    }

    /** A tensor over arrays that nobody else holds, whose sizes fit. */
    static Tensor owning(ElementType elementType, long[] shape, Object elements) {
        return new Tensor(elementType, shape, elements);
    }

    private static Tensor checked(ElementType type, long[] shape, Object copy, int length) {
        long size = Elements.count(shape);
        if (size != length) {
            throw new InvalidInputException(
                    "tensor shape", Arrays.toString(shape), "holds " + size + " elements, the data has " + length);
        }
        return new Tensor(type, shape.clone(), copy);
    }

    /**
     * A FLOAT tensor over an array, without a copy: who changes the array changes the tensor. For large inputs, with an array
     * that nobody changes before the run is over.
     */
    public static Tensor wrap(float[] data, long... shape) {
        return checked(ElementType.FLOAT, shape, data, data.length);
    }

    /** A FLOAT tensor. */
    public static Tensor floats(float[] data, long... shape) {
        return checked(ElementType.FLOAT, shape, data.clone(), data.length);
    }

    /** A DOUBLE tensor. */
    public static Tensor doubles(double[] data, long... shape) {
        return checked(ElementType.DOUBLE, shape, data.clone(), data.length);
    }

    /** An INT64 tensor. */
    public static Tensor longs(long[] data, long... shape) {
        return checked(ElementType.INT64, shape, data.clone(), data.length);
    }

    /** An INT32 tensor. */
    public static Tensor ints(int[] data, long... shape) {
        return checked(ElementType.INT32, shape, data.clone(), data.length);
    }

    /** An INT16 tensor. */
    public static Tensor shorts(short[] data, long... shape) {
        return checked(ElementType.INT16, shape, data.clone(), data.length);
    }

    /** An INT8 tensor. */
    public static Tensor bytes(byte[] data, long... shape) {
        return checked(ElementType.INT8, shape, data.clone(), data.length);
    }

    /** A UINT8 tensor; the byte -1 is the element 255. */
    public static Tensor unsignedBytes(byte[] data, long... shape) {
        return checked(ElementType.UINT8, shape, data.clone(), data.length);
    }

    /** A UINT16 tensor; the short -1 is the element 65,535. */
    public static Tensor unsignedShorts(short[] data, long... shape) {
        return checked(ElementType.UINT16, shape, data.clone(), data.length);
    }

    /** A UINT32 tensor; the int -1 is the element 4,294,967,295. */
    public static Tensor unsignedInts(int[] data, long... shape) {
        return checked(ElementType.UINT32, shape, data.clone(), data.length);
    }

    /** A UINT64 tensor of the longs' bits. */
    public static Tensor unsignedLongs(long[] data, long... shape) {
        return checked(ElementType.UINT64, shape, data.clone(), data.length);
    }

    /** A BOOL tensor. */
    public static Tensor booleans(boolean[] data, long... shape) {
        return checked(ElementType.BOOL, shape, data.clone(), data.length);
    }

    /**
     * A STRING tensor. Runs refuse elements with the character U+0000 or half a surrogate pair, and before Java 22 those
     * with a character above U+FFFF, which the Java binding of ONNX Runtime would hand over as other bytes than their UTF-8.
     */
    public static Tensor strings(String[] data, long... shape) {
        String[] copy = data.clone();
        if (Arrays.asList(copy).contains(null)) {
            throw new InvalidInputException("tensor elements", Arrays.toString(copy), "must not be null");
        }
        return checked(ElementType.STRING, shape, copy, copy.length);
    }

    /** A FLOAT16 tensor; elements are rounded to the nearest 16-bit float. */
    public static Tensor float16(float[] data, long... shape) {
        short[] bits = new short[data.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Fp16Conversions.floatToFp16(data[i]);
        }
        return checked(ElementType.FLOAT16, shape, bits, bits.length);
    }

    /** A BFLOAT16 tensor; elements are rounded to the nearest brain float. */
    public static Tensor bfloat16(float[] data, long... shape) {
        short[] bits = new short[data.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Fp16Conversions.floatToBf16(data[i]);
        }
        return checked(ElementType.BFLOAT16, shape, bits, bits.length);
    }

    /**
     * A tensor of one of the four types of 8-bit floats; elements are rounded to the nearest, and what is larger than the
     * largest becomes that.
     */
    public static Tensor float8(ElementType type, float[] data, long... shape) {
        if (!Elements.isFloat8(type)) {
            throw new InvalidInputException("element type", type, "is no 8-bit float");
        }
        byte[] codes = new byte[data.length];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) SmallFloat.of(type).toCode(data[i]);
        }
        return checked(type, shape, codes, codes.length);
    }

    /** An INT4 tensor of numbers from -8 to 7. */
    public static Tensor int4(byte[] data, long... shape) {
        return checked(ElementType.INT4, shape, Elements.pack(data, -8, 7), data.length);
    }

    /** A UINT4 tensor of numbers from 0 to 15. */
    public static Tensor uint4(byte[] data, long... shape) {
        return checked(ElementType.UINT4, shape, Elements.pack(data, 0, 15), data.length);
    }

    /**
     * A tensor of a type of 8-bit floats, UINT4, INT4 or FLOAT4E2M1 from its bytes. An 8-bit float is a byte. Of 4-bit types
     * two elements share a byte, the first in its low and the second in its high bits; with an odd number of elements the
     * high bits of the last byte are not used.
     */
    public static Tensor packed(ElementType type, byte[] bytes, long... shape) {
        if (!Elements.isFloat8(type) && !Elements.isPacked(type)) {
            throw new InvalidInputException("element type", type, "has a factory of its own");
        }
        int count = Elements.count(shape);
        if (Elements.bytes(type, count) != bytes.length) {
            throw new InvalidInputException(
                    "tensor shape",
                    Arrays.toString(shape),
                    "holds " + count + " elements, the data " + bytes.length + " bytes");
        }
        return owning(type, shape.clone(), Elements.clean(type, bytes.clone(), count));
    }

    /** A tensor of zeros, false or empty texts. */
    public static Tensor zeros(ElementType type, long... shape) {
        int count = Elements.count(shape);
        if (type == ElementType.STRING) {
            String[] empty = new String[count];
            Arrays.fill(empty, "");
            return owning(type, shape.clone(), empty);
        }
        if (Elements.bits(type) < 0) {
            throw new InvalidInputException("element type", type, "cannot be held by a tensor in Java");
        }
        ByteBuffer nothing = ByteBuffer.allocate(Elements.bytes(type, count));
        return owning(type, shape.clone(), Elements.read(type, nothing, count));
    }

    /** The element type. */
    public ElementType elementType() {
        return elementType;
    }

    /** The size of each dimension; empty for a scalar. */
    public long[] shape() {
        return shape.clone();
    }

    /** The number of elements. */
    public int size() {
        return Elements.isPacked(elementType) ? Elements.count(shape) : Elements.length(elements);
    }

    /** The elements of a FLOAT, FLOAT16, BFLOAT16, 8-bit float or FLOAT4E2M1 tensor. */
    public float[] floats() {
        return switch (elementType) {
            case FLOAT -> ((float[]) elements).clone();
            case FLOAT16 -> Elements.toFloats((short[]) elements, Fp16Conversions::fp16ToFloat);
            case BFLOAT16 -> Elements.toFloats((short[]) elements, Fp16Conversions::bf16ToFloat);
            case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT4E2M1 -> smallFloats();
            default -> throw notReadableAs("floats");
        };
    }

    /** The elements of a FLOAT tensor without a copy; read-only. */
    public FloatBuffer floatBuffer() {
        if (elements instanceof float[] floats) {
            return FloatBuffer.wrap(floats).asReadOnlyBuffer();
        }
        throw notReadableAs("a buffer of floats");
    }

    private float[] smallFloats() {
        SmallFloat format = SmallFloat.of(elementType);
        byte[] codes = Elements.isPacked(elementType) ? Elements.unpack(this) : (byte[]) elements;
        float[] floats = new float[codes.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = format.toFloat(Byte.toUnsignedInt(codes[i]));
        }
        return floats;
    }

    /** The elements of a DOUBLE tensor, or of one that {@link #floats()} reads. */
    public double[] doubles() {
        if (elements instanceof double[] doubles) {
            return doubles.clone();
        }
        float[] floats = floats();
        double[] widened = new double[floats.length];
        for (int i = 0; i < widened.length; i++) {
            widened[i] = floats[i];
        }
        return widened;
    }

    /** The elements of an integer tensor; those of UINT64 as the long with the same bits. */
    public long[] longs() {
        if (elements instanceof long[] longs) {
            return longs.clone();
        }
        if (elementType == ElementType.UINT32) {
            return Arrays.stream((int[]) elements)
                    .mapToLong(Integer::toUnsignedLong)
                    .toArray();
        }
        return Arrays.stream(ints()).asLongStream().toArray();
    }

    /** The elements of an INT32, INT16, UINT16, INT8, UINT8, INT4 or UINT4 tensor. */
    public int[] ints() {
        return switch (elementType) {
            case INT32 -> ((int[]) elements).clone();
            case INT16 -> Elements.toInts((short[]) elements, (short value) -> value);
            case UINT16 -> Elements.toInts((short[]) elements, Short::toUnsignedInt);
            case INT8 -> Elements.toInts((byte[]) elements, (byte value) -> value);
            case UINT8 -> Elements.toInts((byte[]) elements, Byte::toUnsignedInt);
            case INT4, UINT4 -> Elements.toInts(Elements.unpack(this), (byte value) -> value);
            default -> throw notReadableAs("ints");
        };
    }

    /** The elements of an INT8 or UINT8 tensor, those above 127 as negative bytes. */
    public byte[] bytes() {
        if (elementType == ElementType.INT8 || elementType == ElementType.UINT8) {
            return ((byte[]) elements).clone();
        }
        throw notReadableAs("bytes");
    }

    /** The bytes of an 8-bit float or 4-bit tensor, as {@link #packed(ElementType, byte[], long...)} takes them. */
    public byte[] packed() {
        if (Elements.isFloat8(elementType) || Elements.isPacked(elementType)) {
            return ((byte[]) elements).clone();
        }
        throw notReadableAs("packed bytes");
    }

    /** The elements of a BOOL tensor. */
    public boolean[] booleans() {
        if (elements instanceof boolean[] booleans) {
            return booleans.clone();
        }
        throw notReadableAs("booleans");
    }

    /** The elements of a STRING tensor. */
    public String[] strings() {
        if (elements instanceof String[] strings) {
            return strings.clone();
        }
        throw notReadableAs("strings");
    }

    /** The elements themselves, which the caller must not change. */
    Object rawElements() {
        return elements;
    }

    /** The shape itself, which the caller must not change. */
    long[] rawShape() {
        return shape;
    }

    private InvalidInputException notReadableAs(String form) {
        return new InvalidInputException("tensor", this, "cannot be read as " + form);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Tensor that
                && elementType == that.elementType
                && Arrays.equals(shape, that.shape)
                && Objects.deepEquals(elements, that.elements);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(new Object[] {elementType, shape, elements});
    }

    /** Its type and shape, such as {@code FLOAT[1,64]}. */
    @Override
    public String toString() {
        return elementType + Arrays.toString(shape).replace(" ", "");
    }
}
