package dev.mlops.onnx.typed;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.ValueSpec;
import java.lang.invoke.MethodType;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The type of a component: an element, or arrays and lists of it.
 *
 * @param type the type as it is declared
 * @param rank how deep arrays and lists are in one another
 * @param element the type of the elements, boxed
 */
record JavaType(Type type, int rank, Class<?> element) {
    private static final Set<Class<?>> FRACTIONS = Set.of(Float.class, Double.class);
    private static final Set<Class<?>> WHOLE = Set.of(Long.class, Integer.class, Short.class, Byte.class);

    static JavaType of(String field, Type type) {
        Type inner = type;
        int rank = 0;
        for (Type next = inner(inner); next != null; next = inner(inner)) {
            inner = next;
            rank++;
        }
        Class<?> boxed = inner instanceof Class<?> known
                ? MethodType.methodType(known).wrap().returnType()
                : Object.class;
        boolean isElement =
                FRACTIONS.contains(boxed) || WHOLE.contains(boxed) || boxed == Boolean.class || boxed == String.class;
        if (!isElement) {
            throw new InvalidInputException(
                    field, type.getTypeName(), "must be a number, boolean, String, or arrays or Lists of them");
        }
        return new JavaType(type, rank, boxed);
    }

    /** What an array or list has as elements; null for another type. */
    static @Nullable Type inner(Type type) {
        if (type instanceof Class<?> known && known.isArray()) {
            return known.getComponentType();
        }
        if (type instanceof GenericArrayType array) {
            return array.getGenericComponentType();
        }
        return type instanceof ParameterizedType generic && generic.getRawType() == List.class
                ? generic.getActualTypeArguments()[0]
                : null;
    }

    /** Throws unless values of this type can be elements of an input. */
    void checkInput(String field, ValueSpec spec) {
        check(field, spec, isFraction(spec) && WHOLE.contains(element));
    }

    /** Throws unless elements of an output can be values of this type. */
    void checkOutput(String field, ValueSpec spec) {
        check(field, spec, false);
        if (element == Short.class || element == Byte.class) {
            throw new InvalidInputException(field, element.getSimpleName(), "must be int or long in a result");
        }
    }

    private void check(String field, ValueSpec spec, boolean isAllowedAnyway) {
        ElementType elements = spec.elementType();
        boolean fits = isAllowedAnyway
                || (elements == ElementType.BOOL && element == Boolean.class)
                || (elements == ElementType.STRING && element == String.class)
                || (isFraction(spec) && FRACTIONS.contains(element))
                || (isWhole(spec) && WHOLE.contains(element));
        if (!fits) {
            throw new InvalidInputException(field, type.getTypeName(), "does not fit the elements of '" + spec + "'");
        }
    }

    private static boolean isFraction(ValueSpec spec) {
        ElementType type = spec.elementType();
        return type == ElementType.FLOAT
                || type == ElementType.DOUBLE
                || type == ElementType.FLOAT16
                || type == ElementType.BFLOAT16;
    }

    private static boolean isWhole(ValueSpec spec) {
        ElementType type = spec.elementType();
        return type != null
                && switch (type) {
                    case INT64, UINT64, INT32, UINT32, INT16, UINT16, INT8, UINT8 -> true;
                    default -> false;
                };
    }
}
