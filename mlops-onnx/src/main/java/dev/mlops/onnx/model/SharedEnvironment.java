package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one environment of ONNX Runtime in this JVM, whoever created it first.
 *
 * <p>The binding frees the native environment in a shutdown hook, while other threads may still load or run a model,
 * which then crash the JVM on its way out. The native library counts how often its environment was asked for and frees
 * it with the last; so it is asked for once more here, and the process ends with it in place. The binding has no public
 * call for that.
 */
final class SharedEnvironment {
    private static final Logger log = LoggerFactory.getLogger(SharedEnvironment.class);

    /** The number of {@code ORT_LOGGING_LEVEL_WARNING}. */
    private static final int WARNING = 2;

    private static final OrtEnvironment INSTANCE = kept(OrtEnvironment.getEnvironment());

    private SharedEnvironment() {}

    static OrtEnvironment get() {
        return INSTANCE;
    }

    private static OrtEnvironment kept(OrtEnvironment environment) {
        try {
            Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
            Method create = OrtEnvironment.class.getDeclaredMethod("createHandle", long.class, int.class, String.class);
            api.setAccessible(true);
            create.setAccessible(true);
            create.invoke(null, api.getLong(null), WARNING, "mlops");
        } catch (ReflectiveOperationException | RuntimeException e) {
            log.debug("models must be closed before the JVM shuts down, the environment cannot be kept", e);
        }
        return environment;
    }
}
