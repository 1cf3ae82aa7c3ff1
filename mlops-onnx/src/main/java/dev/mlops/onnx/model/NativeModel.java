package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.Signature;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native session of a model behind leases: it is freed only when no run uses it. Thread-safe; each run works in a
 * lane of its own.
 */
final class NativeModel implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NativeModel.class);

    /** Between two operators of the graph a run sees that it was ended; a single operator may take this long. */
    private static final Duration AFTER_TERMINATION = Duration.ofSeconds(30);

    private final String name;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final Signature signature;
    private final Duration grace;
    private final Leases leases = new Leases();
    private final Set<Lane> lanes = ConcurrentHashMap.newKeySet();
    private final Queue<Lane> idle = new ConcurrentLinkedQueue<>();

    private volatile boolean pinning = true;
    private volatile boolean terminated;

    NativeModel(String name, OrtEnvironment environment, OrtSession session, Signature signature, Duration grace) {
        this.name = name;
        this.environment = environment;
        this.session = session;
        this.signature = signature;
        this.grace = grace;
    }

    /** Runs the model; {@code shapes} as in {@link Lane#run}. */
    Value[] run(Tensor[] tensors, int[] wanted, long[] @Nullable [] shapes) {
        if (!leases.enter()) {
            throw new UnavailableException("the ONNX model " + name + " is closed");
        }
        try {
            return runLeased(tensors, wanted, pinning ? shapes : new long[shapes.length][]);
        } catch (OrtException e) {
            if (terminated) {
                throw new CancelledException("a run of the ONNX model " + name + " was ended: the model is closed", e);
            }
            throw OrtErrors.atRun(name, e);
        } finally {
            leases.exit();
        }
    }

    /** How many runs are going on. */
    int runs() {
        return leases.count();
    }

    private Value[] runLeased(Tensor[] tensors, int[] wanted, long[] @Nullable [] shapes) throws OrtException {
        try {
            return runInLane(tensors, wanted, shapes);
        } catch (OrtException e) {
            long[] @Nullable [] unknown = new long[shapes.length][];
            if (terminated || Arrays.equals(shapes, unknown)) {
                throw e;
            }
            // The outputs may not have the shapes that the model declares; then ONNX Runtime has to choose them.
            Value[] values = runInLane(tensors, wanted, unknown);
            pinning = false;
            log.debug("the ONNX model {} does not keep to the output shapes that it declares", name);
            return values;
        }
    }

    private Value[] runInLane(Tensor[] tensors, int[] wanted, long[] @Nullable [] shapes) throws OrtException {
        Lane lane = take();
        boolean whole = false;
        try {
            Value[] values = lane.run(tensors, wanted, shapes);
            whole = true;
            return values;
        } finally {
            if (whole) {
                idle.add(lane);
            } else {
                lanes.remove(lane);
                lane.close();
            }
        }
    }

    private Lane take() throws OrtException {
        Lane kept = idle.poll();
        if (kept != null) {
            return kept;
        }
        Lane made = new Lane(environment, session, signature.inputs(), signature.outputs());
        lanes.add(made);
        if (terminated) {
            made.terminate();
        }
        return made;
    }

    /** Lets no run in any more, waits for those that go on, ends them after the grace, and frees the session. */
    @Override
    public void close() {
        if (!leases.close()) {
            return;
        }
        if (drained()) {
            free();
        } else {
            log.warn("the ONNX model {} could not be freed: {} runs did not end", name, leases.count());
        }
    }

    private boolean drained() {
        boolean interrupted = false;
        try {
            if (leases.awaitAll(grace)) {
                return true;
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        try {
            terminate();
            return leases.awaitAll(AFTER_TERMINATION);
        } catch (InterruptedException e) {
            interrupted = true;
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void terminate() {
        terminated = true;
        for (Lane lane : lanes) {
            try {
                lane.terminate();
            } catch (OrtException e) {
                log.warn("a run of the ONNX model {} could not be ended", name, e);
            }
        }
    }

    private void free() {
        lanes.forEach(Lane::close);
        lanes.clear();
        idle.clear();
        try {
            session.close();
        } catch (OrtException e) {
            log.warn("the native session of the ONNX model {} could not be freed", name, e);
        }
    }
}
