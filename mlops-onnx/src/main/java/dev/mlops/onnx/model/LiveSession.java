package dev.mlops.onnx.model;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A native session, and the lanes of it that were used and are kept for the next run. Thread-safe. */
final class LiveSession {
    private final OrtSession session;
    private final boolean isPacked;
    private final Queue<Lane> idle = new ConcurrentLinkedQueue<>();

    /**
     * Takes a session over.
     *
     * @param isPacked whether its kernels have copies of the weights in their own order
     */
    LiveSession(OrtSession session, boolean isPacked) {
        this.session = session;
        this.isPacked = isPacked;
    }

    OrtSession session() {
        return session;
    }

    boolean isPacked() {
        return isPacked;
    }

    /** A lane that was used before; null if there is none. */
    @Nullable
    Lane take() {
        return idle.poll();
    }

    void give(Lane lane) {
        idle.add(lane);
    }

    /** Frees the session, when all lanes and calls of it are closed. */
    void free() throws OrtException {
        idle.clear();
        session.close();
    }
}
