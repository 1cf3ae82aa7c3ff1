package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.model.ValueSpec;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes calls: by foreign functions on a JVM that has them (22 and later), otherwise through the Java binding. */
final class NativeCalls {
    private static final Logger log = LoggerFactory.getLogger(NativeCalls.class);

    /** The first release whose foreign-function API is final. */
    private static final int FOREIGN_FUNCTIONS = 22;

    private NativeCalls() {}

    /** Makes calls of one kind. */
    interface Maker {
        NativeCall make(OrtEnvironment environment, OrtSession session, List<ValueSpec> inputs, List<ValueSpec> outputs)
                throws OrtException;
    }

    static Maker maker(boolean foreignFunctions) {
        return foreignFunctions ? Best.MAKER : PinnedCall::new;
    }

    private static final class Best {
        static final Maker MAKER = find();

        private static Maker find() {
            if (Runtime.version().feature() >= FOREIGN_FUNCTIONS) {
                try {
                    // Only in the part of the jar for those releases.
                    return Class.forName("dev.mlops.onnx.model.ForeignCalls")
                            .asSubclass(Maker.class)
                            .getDeclaredConstructor()
                            .newInstance();
                } catch (ReflectiveOperationException | LinkageError | RuntimeException e) {
                    log.debug("ONNX Runtime is called through its Java binding", e);
                }
            }
            return PinnedCall::new;
        }
    }
}
