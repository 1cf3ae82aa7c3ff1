package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one environment of ONNX Runtime in this JVM, whoever created it first.
 *
 * <p>The binding frees the native environment in a shutdown hook, while other threads may still load or run a model,
 * which then crash the JVM on its way out. The native library counts how often its environment was asked for and frees
 * it with the last; so it is asked for once more here, and the process ends with it in place. The binding has no public
 * call for that.
 *
 * <p>Creating the environment reads the command line of the process with a regular expression that recurses once for
 * each character: a class path of some thousand characters overflows the stack of an ordinary thread and kills the JVM
 * (ONNX Runtime 1.29, Linux). It is therefore created on a thread with a deep stack, of which only what is used takes
 * memory. The library's own reports of its use to its maker are switched off.
 */
final class SharedEnvironment {
    private static final Logger log = LoggerFactory.getLogger(SharedEnvironment.class);

    /** The number of {@code ORT_LOGGING_LEVEL_WARNING}. */
    private static final int WARNING = 2;

    private static final long DEEP_STACK = 256L << 20;

    private SharedEnvironment() {}

    static OrtEnvironment get() {
        return Holder.INSTANCE.environment;
    }

    /** True if it has threads that all sessions may share, which only who creates it can give it. */
    static boolean hasThreads() {
        return Holder.INSTANCE.hasThreads;
    }

    private record Made(OrtEnvironment environment, boolean hasThreads) {}

    /** Created when it is first needed, by a thread that does not wait for this class to be ready. */
    private static final class Holder {
        static final Made INSTANCE = onDeepStack();
    }

    private static Made onDeepStack() {
        FutureTask<Made> creation = new FutureTask<>(SharedEnvironment::make);
        Thread thread = new Thread(null, creation, "mlops-onnx-environment", DEEP_STACK);
        thread.setDaemon(true);
        thread.start();
        return resultOf(creation);
    }

    /** Waits even if interrupted: a class is initialised once, and would never be again after a failure. */
    private static Made resultOf(FutureTask<Made> creation) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return creation.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new IllegalStateException("ONNX Runtime cannot be started", e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Made make() throws OrtException {
        try (OrtEnvironment.ThreadingOptions threads = new OrtEnvironment.ThreadingOptions()) {
            threads.setGlobalIntraOpNumThreads(0);
            threads.setGlobalSpinControl(false);
            OrtEnvironment made = OrtEnvironment.getEnvironment(
                    OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, OrtEnvironment.DEFAULT_NAME, threads);
            return new Made(kept(made), true);
        } catch (IllegalStateException alreadyThere) {
            log.debug("another library created the environment of ONNX Runtime", alreadyThere);
            return new Made(kept(OrtEnvironment.getEnvironment()), false);
        }
    }

    private static OrtEnvironment kept(OrtEnvironment environment) throws OrtException {
        environment.setTelemetry(false);
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
