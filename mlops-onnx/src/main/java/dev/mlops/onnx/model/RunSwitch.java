package dev.mlops.onnx.model;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;

/** The run options by which another thread can end a run through the Java binding. Thread-safe, also once closed. */
final class RunSwitch implements Terminable {
    private final OrtSession.RunOptions options;
    private boolean closed;

    RunSwitch() throws OrtException {
        options = new OrtSession.RunOptions();
    }

    /** To be given to each run. */
    OrtSession.RunOptions options() {
        return options;
    }

    @Override
    public synchronized void terminate() throws OrtException {
        if (!closed) {
            options.setTerminate(true);
        }
    }

    @Override
    public synchronized void reset() throws OrtException {
        if (!closed) {
            options.setTerminate(false);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            options.close();
        }
    }
}
