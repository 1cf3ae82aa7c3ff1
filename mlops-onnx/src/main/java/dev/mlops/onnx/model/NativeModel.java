package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.Signature;
import dev.mlops.onnx.metrics.InferenceMetrics;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native session of a model behind leases: it is freed only when no run uses it. Another may take its place, and both
 * are freed together. Thread-safe; each run works in a lane of its own.
 */
final class NativeModel implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NativeModel.class);

    /** Between two operators of the graph a run sees that it was ended; a single operator may take this long. */
    private static final Duration AFTER_TERMINATION = Duration.ofSeconds(30);

    private final String name;
    private final OrtEnvironment environment;
    private final List<LiveSession> sessions = new CopyOnWriteArrayList<>();
    private final Signature signature;
    private final Duration grace;
    private final Leases leases = new Leases();
    private final Backend backend;
    private final @Nullable RunMeter meter;
    private final OpenRuns open;
    private volatile LiveSession live;
    private volatile boolean pinning = true;

    NativeModel(
            String name,
            OrtEnvironment environment,
            LiveSession session,
            Signature signature,
            OnnxOptions options,
            Backend backend) {
        this.name = name;
        this.environment = environment;
        this.live = session;
        sessions.add(session);
        this.signature = signature;
        this.grace = options.closeGrace();
        this.open = new OpenRuns(name);
        this.backend = backend;
        InferenceMetrics metrics = options.metrics();
        this.meter = metrics == null ? null : new RunMeter(metrics, signature);
    }

    /** Counts the runs; null if nobody wants to know. */
    @Nullable
    RunMeter meter() {
        return meter;
    }

    String name() {
        return name;
    }

    /** What the session takes and gives. */
    Signature signature() {
        return signature;
    }

    /** Runs the model; {@code shapes} as in {@link Lane#run}. */
    Value[] run(Value[] inputs, int[] wanted, long[] @Nullable [] shapes, RunLimits limits) {
        enter();
        try {
            return runLeased(inputs, wanted, pinning ? shapes : new long[shapes.length][], limits);
        } catch (OrtException e) {
            throw failure(e);
        } finally {
            leases.exit();
        }
    }

    boolean isOpen() {
        return !leases.isClosed();
    }

    private void enter() {
        if (!leases.enter()) {
            throw new UnavailableException("the ONNX model " + name + " is closed");
        }
    }

    private MlopsException failure(OrtException e) {
        return open.areTerminated()
                ? new CancelledException("a run of the ONNX model " + name + " was ended: the model is closed", e)
                : OrtErrors.atRun(name, e);
    }

    /** Makes a bound run, in the memory of {@code parent} if there is one. */
    BoundRun bind(InputBinder.Shapes shapes, @Nullable BoundRun parent) {
        enter();
        try {
            LiveSession session = live;
            NativeCall call = call(session, shapes);
            try {
                BoundRun made = new BoundRun(this, session, call, shapes, parent);
                open.keep(call);
                return made;
            } catch (OrtException | RuntimeException | Error e) {
                call.close();
                throw e;
            }
        } catch (OrtException e) {
            throw failure(e);
        } finally {
            leases.exit();
        }
    }

    private NativeCall call(LiveSession session, InputBinder.Shapes shapes) throws OrtException {
        return backend.call(environment, session.session(), shapes.inputSpecs(), shapes.outputSpecs());
    }

    /** Makes a bound run's call once, by the session that is there now. */
    void run(BoundRun run, RunLimits limits) {
        enter();
        try {
            LiveSession session = live;
            if (run.session() != session) {
                changeOver(run, session);
            }
            NativeCall call = run.call();
            if (limits.areNone()) {
                call.run();
            } else {
                open.limited(call, limits, () -> {
                    call.run();
                    return call;
                });
            }
            run.takeUnbound();
        } catch (OrtException e) {
            throw failure(e);
        } finally {
            leases.exit();
        }
    }

    private void changeOver(BoundRun run, LiveSession session) throws OrtException {
        NativeCall before = run.call();
        NativeCall made = call(session, run.shapes());
        try {
            open.keep(made);
            run.changeOver(session, made);
        } catch (OrtException | RuntimeException | Error e) {
            open.forget(made);
            throw e;
        }
        open.forget(before);
    }

    /**
     * Has all runs from now on go to another session of the same model; those that go on stay in theirs.
     *
     * @return false if this is closed, and the session is the caller's to free
     */
    boolean changeOver(LiveSession session) {
        if (!leases.enter()) {
            return false;
        }
        try {
            LiveSession before = live;
            sessions.add(session);
            live = session;
            for (Lane lane = before.take(); lane != null; lane = before.take()) {
                open.forget(lane);
            }
            return true;
        } finally {
            leases.exit();
        }
    }

    /** Whether runs go to a session with packed weights. */
    boolean isPacked() {
        return live.isPacked();
    }

    /** Frees what a bound run has, unless that was done when the model was closed. */
    void forget(NativeCall call) {
        open.forget(call);
    }

    /** How many runs are going on. */
    int runs() {
        return leases.count();
    }

    private Value[] runLeased(Value[] inputs, int[] wanted, long[] @Nullable [] shapes, RunLimits limits)
            throws OrtException {
        try {
            return runInLane(inputs, wanted, shapes, limits);
        } catch (OrtException e) {
            long[] @Nullable [] unknown = new long[shapes.length][];
            if (open.areTerminated() || Arrays.equals(shapes, unknown)) {
                throw e;
            }
            // The outputs may not have the shapes that the model declares; then ONNX Runtime has to choose them.
            Value[] values = runInLane(inputs, wanted, unknown, limits);
            pinning = false;
            log.debug("the ONNX model {} does not keep to the output shapes that it declares", name);
            return values;
        }
    }

    private Value[] runInLane(Value[] inputs, int[] wanted, long[] @Nullable [] shapes, RunLimits limits)
            throws OrtException {
        RunMeter counting = meter;
        LiveSession session = live;
        Lane lane = take(session);
        boolean whole = false;
        try {
            long start = counting == null ? 0 : System.nanoTime();
            Value[] values = limits.areNone()
                    ? lane.run(inputs, wanted, shapes)
                    : open.limited(lane, limits, () -> lane.run(inputs, wanted, shapes));
            whole = true;
            if (counting != null) {
                counting.copied(System.nanoTime() - start - lane.computeNanos());
                counting.succeeded(firstShape(inputs), lane.computeNanos());
            }
            return values;
        } finally {
            if (whole && session == live) {
                session.give(lane);
            } else {
                open.forget(lane);
            }
        }
    }

    private static long[] firstShape(Value[] inputs) {
        return inputs.length > 0 && inputs[0] instanceof Tensor tensor ? tensor.rawShape() : new long[0];
    }

    private Lane take(LiveSession session) throws OrtException {
        Lane kept = session.take();
        if (kept != null) {
            return kept;
        }
        Lane made = backend.lane(environment, session.session(), signature);
        if (meter != null) {
            made.measure();
        }
        open.keep(made);
        return made;
    }

    /** Lets no run in any more, waits for those that go on, ends them after the grace, and frees the session. */
    @Override
    public void close() {
        close(grace);
    }

    void close(Duration grace) {
        if (!leases.close()) {
            return;
        }
        if (drained(grace)) {
            free();
        } else {
            log.warn("the ONNX model {} could not be freed: {} runs did not end", name, leases.count());
        }
    }

    private boolean drained(Duration grace) {
        boolean interrupted = false;
        try {
            if (leases.awaitAll(grace)) {
                return true;
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        try {
            open.terminate();
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

    private void free() {
        open.free();
        for (LiveSession session : sessions) {
            try {
                session.free();
            } catch (OrtException e) {
                log.warn("a native session of the ONNX model {} could not be freed", name, e);
            }
        }
    }
}
