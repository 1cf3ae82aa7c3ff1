package dev.mlops.onnx.typed;

import dev.mlops.api.error.InvalidInputException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads and makes records of one class by method handles. */
final class Components {
    private final Class<?> type;
    private final RecordComponent[] components;

    Components(Class<?> type) {
        this.type = type;
        RecordComponent[] found = type.getRecordComponents();
        if (found == null || found.length == 0) {
            throw new InvalidInputException("type", type.getName(), "must be a record with a component at least");
        }
        this.components = found;
    }

    RecordComponent[] all() {
        return components;
    }

    /** What a component is called in messages. */
    String field(RecordComponent component) {
        return "component '%s' of %s".formatted(component.getName(), type.getSimpleName());
    }

    static String tensorName(RecordComponent component) {
        TensorName name = component.getAnnotation(TensorName.class);
        return name == null ? component.getName() : name.value();
    }

    MethodHandle accessor(RecordComponent component) {
        Method method = component.getAccessor();
        open(method);
        try {
            return MethodHandles.lookup().unreflect(method).asType(MethodType.methodType(Object.class, Object.class));
        } catch (IllegalAccessException e) {
            throw closed(e);
        }
    }

    /** Takes an array of the components. */
    MethodHandle constructor() {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            open(constructor);
            return MethodHandles.lookup()
                    .unreflectConstructor(constructor)
                    .asSpreader(Object[].class, components.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException e) {
            throw closed(e);
        }
    }

    private void open(AccessibleObject member) {
        if (!member.trySetAccessible()) {
            throw closed(null);
        }
    }

    private InvalidInputException closed(@Nullable Exception cause) {
        return new InvalidInputException(
                "type", type.getName(), "cannot be accessed; open its package to this module", cause);
    }

    /** Calls an accessor. */
    static @Nullable Object read(MethodHandle accessor, Object record) {
        try {
            return accessor.invokeExact(record);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    /** Calls a constructor. */
    static Object make(MethodHandle constructor, Object[] components) {
        try {
            return constructor.invokeExact(components);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    private static RuntimeException unchecked(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
    }
}
