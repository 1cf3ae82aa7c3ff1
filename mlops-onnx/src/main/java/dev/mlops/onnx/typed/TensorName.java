package dev.mlops.onnx.typed;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The name of the input or output that a component of a record is, where that is no name of Java's. */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface TensorName {
    /** The name in the model, such as {@code float_input} or {@code input.1}. */
    String value();
}
