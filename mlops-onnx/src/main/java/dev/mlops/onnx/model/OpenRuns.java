package dev.mlops.onnx.model;

import ai.onnxruntime.OrtException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lanes and calls of a model that have native memory, each of which can be told to end its run. Thread-safe. */
final class OpenRuns {
    private static final Logger log = LoggerFactory.getLogger(OpenRuns.class);

    private final String model;
    private final Set<Terminable> open = ConcurrentHashMap.newKeySet();
    private volatile boolean terminated;

    OpenRuns(String model) {
        this.model = model;
    }

    /** Takes one in; it is told to end if the others were. */
    void keep(Terminable made) throws OrtException {
        open.add(made);
        if (terminated) {
            made.terminate();
        }
    }

    /** Frees one, unless it is free already. */
    void forget(Terminable made) {
        open.remove(made);
        made.close();
    }

    /** Ends the runs that go on, and those that begin later. */
    void terminate() {
        terminated = true;
        for (Terminable run : open) {
            try {
                run.terminate();
            } catch (OrtException e) {
                log.warn("a run of the ONNX model {} could not be ended", model, e);
            }
        }
    }

    boolean areTerminated() {
        return terminated;
    }

    /** Frees all, when no run goes on. */
    void free() {
        open.forEach(Terminable::close);
        open.clear();
    }

    /** A run of ONNX Runtime. */
    interface Work<T> {
        T run() throws OrtException;
    }

    /** Does a run, and ends it when the limits say so. */
    <T> T limited(Terminable run, RunLimits limits, Work<T> work) throws OrtException {
        Limiter limiter = new Limiter(run, limits);
        try {
            T result = work.run();
            settle(run, limiter);
            return result;
        } catch (OrtException e) {
            if (settle(run, limiter) && !terminated) {
                throw limiter.reason(model, e);
            }
            throw e;
        } catch (RuntimeException | Error e) {
            settle(run, limiter);
            throw e;
        }
    }

    /** True if the run was told to end by its limits; the next one is not. */
    private boolean settle(Terminable run, Limiter limiter) throws OrtException {
        if (!limiter.stop()) {
            return false;
        }
        run.reset();
        if (terminated) {
            run.terminate();
        }
        return true;
    }
}
