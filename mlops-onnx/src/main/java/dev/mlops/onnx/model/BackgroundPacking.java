package dev.mlops.onnx.model;

import ai.onnxruntime.OrtException;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Packs the weights of models that run already, one model after the other in one thread of the process. */
final class BackgroundPacking {
    private static final Logger log = LoggerFactory.getLogger(BackgroundPacking.class);
    private static final long IDLE_SECONDS = 10;
    /** Not private, so that tests can hold it up. */
    static final ThreadPoolExecutor THREAD = thread();

    private BackgroundPacking() {}

    private static ThreadPoolExecutor thread() {
        ThreadPoolExecutor made = new ThreadPoolExecutor(
                1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), BackgroundPacking::daemon);
        made.allowCoreThreadTimeOut(true);
        return made;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "mlops-onnx-packing");
        thread.setDaemon(true);
        return thread;
    }

    /** Has the model change over to a packed session of the same optimized file when there is one. */
    static void start(NativeModel model, Path optimized, OnnxOptions options) {
        THREAD.execute(() -> pack(model, optimized, options));
    }

    private static void pack(NativeModel model, Path optimized, OnnxOptions options) {
        if (!model.isOpen()) {
            return;
        }
        try {
            LiveSession packed = new SessionFactory(options).createMapped(optimized, true);
            if (!model.changeOver(packed)) {
                packed.free();
            }
        } catch (OrtException | RuntimeException e) {
            log.warn("the ONNX model {} goes on without packed weights", model.name(), e);
        }
    }
}
