package dev.mlops.onnx.typed;

import static java.util.Objects.requireNonNull;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.model.Tensor;
import java.lang.reflect.Array;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Takes Java values and makes the tensor of one input of them. Numbers stay what they are, but for a fraction in a tensor of
 * less precise ones, which is rounded; what would not fit is refused. Confined to one thread.
 */
final class ElementBuffer {
    private static final int FEW = 16;

    /** What is rounded to infinity: half a step above the largest number. */
    private static final float INFINITE_FLOAT16 = 65_520;

    private static final float INFINITE_BFLOAT16 = 0x1.ffp127f;

    private final String field;
    private final ElementType type;
    private Object array;
    private int size;

    ElementBuffer(String field, ValueSpec spec) {
        this.field = field;
        this.type = requireNonNull(spec.elementType());
        this.array = switch (type) {
            case FLOAT, FLOAT16, BFLOAT16 -> new float[FEW];
            case DOUBLE -> new double[FEW];
            case INT64, UINT64, INT32, UINT32, INT16, UINT16, INT8, UINT8 -> new long[FEW];
            case BOOL -> new boolean[FEW];
            case STRING -> new String[FEW];
            default -> throw new InvalidInputException(field, spec, "has a type that Java has no values for");
        };
    }

    int size() {
        return size;
    }

    /** Adds one element. */
    void add(@Nullable Object element) {
        reserve(1);
        if (array instanceof float[] floats && element instanceof Number number) {
            floats[size++] = toFloat(number);
        } else if (array instanceof double[] doubles && element instanceof Number number) {
            doubles[size++] = toDouble(number);
        } else if (array instanceof long[] longs && isWhole(element)) {
            longs[size++] = toLong((Number) requireNonNull(element));
        } else if (array instanceof boolean[] booleans && element instanceof Boolean value) {
            booleans[size++] = value;
        } else if (array instanceof String[] strings && element instanceof String text) {
            strings[size++] = text;
        } else {
            throw wrong(element);
        }
    }

    /** Adds all elements of an array. */
    void addAll(Object elements) {
        int count = Array.getLength(elements);
        boolean isSame = elements.getClass() == array.getClass() && isWide();
        if (isSame) {
            reserve(count);
            System.arraycopy(elements, 0, array, size, count);
            size += count;
        } else {
            for (int i = 0; i < count; i++) {
                add(Array.get(elements, i));
            }
        }
    }

    /** True if every value of the array is an element, so that none needs to be looked at. */
    private boolean isWide() {
        return type == ElementType.FLOAT
                || type == ElementType.DOUBLE
                || type == ElementType.INT64
                || type == ElementType.BOOL;
    }

    private void reserve(int more) {
        int capacity = Array.getLength(array);
        long needed = (long) size + more;
        if (needed > Integer.MAX_VALUE - 8) {
            throw new InvalidInputException(field, needed, "are too many elements for one tensor");
        }
        if (needed > capacity) {
            long larger = Math.min(Math.max(needed, 2L * capacity), Integer.MAX_VALUE - 8);
            Object copy = Array.newInstance(array.getClass().getComponentType(), (int) larger);
            System.arraycopy(array, 0, copy, 0, size);
            array = copy;
        }
    }

    private static boolean isWhole(@Nullable Object element) {
        return element instanceof Long
                || element instanceof Integer
                || element instanceof Short
                || element instanceof Byte;
    }

    private float toFloat(Number number) {
        float value = number.floatValue();
        float infinite = type == ElementType.FLOAT16
                ? INFINITE_FLOAT16
                : type == ElementType.BFLOAT16 ? INFINITE_BFLOAT16 : Float.POSITIVE_INFINITY;
        checkKept(number, Math.abs(value) >= infinite);
        return value;
    }

    private double toDouble(Number number) {
        double value = number.doubleValue();
        checkKept(number, Double.isInfinite(value));
        return value;
    }

    /** Throws if a whole number would be rounded or a finite one become infinite. */
    private void checkKept(Number number, boolean isInfinite) {
        boolean isRounded = (isWhole(number) && significantBits(number.longValue()) > mantissaBits())
                || (number instanceof BigInteger big && significantBits(big) > mantissaBits());
        boolean wasInfinite =
                (number instanceof Double || number instanceof Float) && Double.isInfinite(number.doubleValue());
        if (isRounded || (isInfinite && !wasInfinite)) {
            throw wrong(number);
        }
    }

    private int mantissaBits() {
        return switch (type) {
            case DOUBLE -> 53;
            case FLOAT16 -> 11;
            case BFLOAT16 -> 8;
            default -> 24;
        };
    }

    private static int significantBits(long whole) {
        return whole == 0
                ? 0
                : Long.SIZE - Long.numberOfLeadingZeros(Math.abs(whole)) - Long.numberOfTrailingZeros(whole);
    }

    private static int significantBits(BigInteger whole) {
        return whole.abs().bitLength() - Math.max(whole.getLowestSetBit(), 0);
    }

    private long toLong(Number number) {
        long value = number.longValue();
        if (type == ElementType.UINT8 && number instanceof Byte) {
            return value & 0xff;
        }
        boolean fits = switch (type) {
            case INT32 -> value == (int) value;
            case INT16 -> value == (short) value;
            case INT8 -> value == (byte) value;
            case UINT32 -> value == (value & 0xffff_ffffL);
            case UINT16 -> value == (value & 0xffff);
            case UINT8 -> value == (value & 0xff);
            case UINT64 -> value >= 0;
            default -> true;
        };
        if (!fits) {
            throw wrong(number);
        }
        return value;
    }

    private InvalidInputException wrong(@Nullable Object element) {
        String java = element == null ? "null" : element.getClass().getSimpleName() + " " + element;
        return new InvalidInputException(field, java, "is no element of " + type);
    }

    /** The tensor of all that was added. */
    Tensor tensor(long... shape) {
        return tensor(elements(), shape);
    }

    /** The elements alone, which the tensor copies. */
    private Object elements() {
        boolean isSame = javaType() == array.getClass().getComponentType();
        if (isSame && size == Array.getLength(array)) {
            return array;
        }
        Object elements = Array.newInstance(javaType(), size);
        if (isSame) {
            System.arraycopy(array, 0, elements, 0, size);
        } else {
            for (int i = 0; i < size; i++) {
                narrow(((long[]) array)[i], elements, i);
            }
        }
        return elements;
    }

    private Class<?> javaType() {
        return switch (type) {
            case INT32, UINT32 -> int.class;
            case INT16, UINT16 -> short.class;
            case INT8, UINT8 -> byte.class;
            default -> array.getClass().getComponentType();
        };
    }

    private static void narrow(long value, Object elements, int at) {
        if (elements instanceof int[] ints) {
            ints[at] = (int) value;
        } else if (elements instanceof short[] shorts) {
            shorts[at] = (short) value;
        } else {
            ((byte[]) elements)[at] = (byte) value;
        }
    }

    private Tensor tensor(Object elements, long[] shape) {
        return switch (type) {
            case FLOAT -> Tensor.floats((float[]) elements, shape);
            case FLOAT16 -> Tensor.float16((float[]) elements, shape);
            case BFLOAT16 -> Tensor.bfloat16((float[]) elements, shape);
            case DOUBLE -> Tensor.doubles((double[]) elements, shape);
            case INT64 -> Tensor.longs((long[]) elements, shape);
            case UINT64 -> Tensor.unsignedLongs((long[]) elements, shape);
            case INT32 -> Tensor.ints((int[]) elements, shape);
            case UINT32 -> Tensor.unsignedInts((int[]) elements, shape);
            case INT16 -> Tensor.shorts((short[]) elements, shape);
            case UINT16 -> Tensor.unsignedShorts((short[]) elements, shape);
            case INT8 -> Tensor.bytes((byte[]) elements, shape);
            case UINT8 -> Tensor.unsignedBytes((byte[]) elements, shape);
            case BOOL -> Tensor.booleans((boolean[]) elements, shape);
            default -> Tensor.strings((String[]) elements, shape);
        };
    }
}
