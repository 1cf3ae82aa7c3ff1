package dev.mlops.onnx.model;

import ai.onnxruntime.OrtException;

/** Native memory of runs, one of which may be going on. */
interface Terminable extends AutoCloseable {
    /** Ends the run in progress soon, and fails later ones; may be called by any thread, also once this is closed. */
    void terminate() throws OrtException;

    /** Lets later runs go on after {@link #terminate()}. */
    void reset() throws OrtException;

    /** Frees the native memory; not while a run is going on. Idempotent. */
    @Override
    void close();
}
