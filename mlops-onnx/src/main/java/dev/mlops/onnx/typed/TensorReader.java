package dev.mlops.onnx.typed;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.model.Tensor;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Makes values of Java out of an output. Confined to one thread. */
final class TensorReader {
    private final String field;
    private final Tensor tensor;
    private final JavaType java;
    private final Fit fit;
    private final Object elements;
    private final long[] shape;
    private final int rowSize;
    private int at;

    TensorReader(String field, Tensor tensor, JavaType java, Fit fit) {
        this.field = field;
        this.tensor = tensor;
        this.java = java;
        this.fit = fit;
        this.elements = elements(tensor);
        long[] all = tensor.shape();
        this.shape = fit == Fit.WHOLE || all.length == 0 ? all : Arrays.copyOfRange(all, 1, all.length);
        long size = 1;
        for (long dimension : shape) {
            size *= dimension;
        }
        this.rowSize = (int) size;
    }

    private static Object elements(Tensor tensor) {
        return switch (tensor.elementType()) {
            case FLOAT, FLOAT16, BFLOAT16 -> tensor.floats();
            case DOUBLE -> tensor.doubles();
            case BOOL -> tensor.booleans();
            case STRING -> tensor.strings();
            default -> tensor.longs();
        };
    }

    /** Throws unless there are so many rows with as many dimensions as the component. */
    void checkRows(int count) {
        long[] all = tensor.shape();
        if (fit != Fit.WHOLE && (all.length == 0 || all[0] != count)) {
            throw new InvalidInputException(field, tensor, "must have a row for each of " + count);
        }
        boolean fits = fit == Fit.FLAT ? java.rank() == 1 || rowSize == 1 : shape.length == java.rank();
        if (!fits) {
            throw new InvalidInputException(
                    field, tensor, "does not fit in " + java.type().getTypeName());
        }
    }

    /** The value of a row, or of the whole tensor. */
    Object read(int row) {
        at = fit == Fit.WHOLE ? 0 : row * rowSize;
        return read(java.type(), 0);
    }

    private Object read(Type type, int depth) {
        Type inner = JavaType.inner(type);
        if (inner == null) {
            return element(at++);
        }
        int length = fit == Fit.FLAT ? rowSize : (int) shape[depth];
        if (type instanceof ParameterizedType) {
            List<Object> list = new ArrayList<>(length);
            for (int i = 0; i < length; i++) {
                list.add(read(inner, depth + 1));
            }
            return List.copyOf(list);
        }
        return readArray(inner, length, depth);
    }

    private Object readArray(Type inner, int length, int depth) {
        Object array = Array.newInstance(raw(inner), length);
        if (array.getClass() == elements.getClass() && tensor.elementType() != ElementType.UINT64) {
            System.arraycopy(elements, at, array, 0, length);
            at += length;
            return array;
        }
        for (int i = 0; i < length; i++) {
            Array.set(array, i, read(inner, depth + 1));
        }
        return array;
    }

    private static Class<?> raw(Type type) {
        if (type instanceof GenericArrayType array) {
            return raw(array.getGenericComponentType()).arrayType();
        }
        return type instanceof Class<?> known ? known : List.class;
    }

    private Object element(int index) {
        Object element = Array.get(elements, index);
        if (java.element() == Double.class && element instanceof Float number) {
            return number.doubleValue();
        }
        if (java.element() == Float.class && element instanceof Double number) {
            return toFloat(number);
        }
        if (tensor.elementType() == ElementType.UINT64 && (long) element < 0) {
            throw new InvalidInputException(
                    field, Long.toUnsignedString((long) element), "does not fit in a long; take the Tensor itself");
        }
        return java.element() == Integer.class && element instanceof Long number ? toInt(number) : element;
    }

    private float toFloat(double number) {
        float value = (float) number;
        if (Float.isInfinite(value) && !Double.isInfinite(number)) {
            throw new InvalidInputException(field, number, "does not fit in a float; make it a double");
        }
        return value;
    }

    private Object toInt(long number) {
        if (number != (int) number) {
            throw new InvalidInputException(field, number, "does not fit in an int; make it a long");
        }
        return (int) number;
    }
}
