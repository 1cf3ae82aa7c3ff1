package dev.mlops.onnx.model;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Foreign functions on a JVM that has them (22 and later), otherwise the Java binding. */
final class Backends {
    private static final Logger log = LoggerFactory.getLogger(Backends.class);

    /** The first release whose foreign-function API is final. */
    private static final int FOREIGN_FUNCTIONS = 22;

    private Backends() {}

    /** The best backend; to be asked for once ONNX Runtime is loaded. */
    static Backend backend(boolean foreignFunctions) {
        return foreignFunctions ? Best.BACKEND : new BindingBackend();
    }

    private static final class Best {
        static final Backend BACKEND = find();

        private static Backend find() {
            if (Runtime.version().feature() >= FOREIGN_FUNCTIONS) {
                try {
                    // Only in the part of the jar for those releases.
                    return Class.forName("dev.mlops.onnx.model.ForeignBackend")
                            .asSubclass(Backend.class)
                            .getDeclaredConstructor()
                            .newInstance();
                } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
                    log.debug("ONNX Runtime is called through its Java binding", e);
                }
            }
            return new BindingBackend();
        }
    }
}
