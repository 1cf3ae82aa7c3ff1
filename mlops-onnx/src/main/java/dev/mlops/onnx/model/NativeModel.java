package dev.mlops.onnx.model;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.Signature;
import dev.mlops.onnx.metrics.InferenceMetrics;
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
    private final Backend backend;
    private final @Nullable RunMeter meter;
    /** Lanes and bound runs that are not closed yet. */
    private final Set<Terminable> open = ConcurrentHashMap.newKeySet();

    private final Queue<Lane> idle = new ConcurrentLinkedQueue<>();

    private volatile boolean pinning = true;
    private volatile boolean terminated;

    NativeModel(
            String name,
            OrtEnvironment environment,
            OrtSession session,
            Signature signature,
            OnnxOptions options,
            Backend backend) {
        this.name = name;
        this.environment = environment;
        this.session = session;
        this.signature = signature;
        this.grace = options.closeGrace();
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
        return terminated
                ? new CancelledException("a run of the ONNX model " + name + " was ended: the model is closed", e)
                : OrtErrors.atRun(name, e);
    }

    /** Makes a bound run, in the memory of {@code parent} if there is one. */
    BoundRun bind(InputBinder.Shapes shapes, @Nullable BoundRun parent) {
        enter();
        try {
            NativeCall call = backend.call(environment, session, shapes.inputSpecs(), shapes.outputSpecs());
            try {
                BoundRun made = new BoundRun(this, call, shapes, parent);
                keep(call);
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

    /** Makes a bound run's call once. */
    void run(NativeCall call, RunLimits limits, BoundRun run) {
        enter();
        try {
            if (limits.areNone()) {
                call.run();
            } else {
                limited(call, limits, () -> {
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

    /** Frees what a bound run has, unless that was done when the model was closed. */
    void forget(NativeCall call) {
        open.remove(call);
        call.close();
    }

    private void keep(Terminable made) throws OrtException {
        open.add(made);
        if (terminated) {
            made.terminate();
        }
    }

    private interface Work<T> {
        T run() throws OrtException;
    }

    private <T> T limited(Terminable run, RunLimits limits, Work<T> work) throws OrtException {
        Limiter limiter = new Limiter(run, limits);
        try {
            T result = work.run();
            settle(run, limiter);
            return result;
        } catch (OrtException e) {
            if (settle(run, limiter) && !terminated) {
                throw limiter.reason(name, e);
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
            if (terminated || Arrays.equals(shapes, unknown)) {
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
        Lane lane = take();
        boolean whole = false;
        try {
            long start = counting == null ? 0 : System.nanoTime();
            Value[] values = limits.areNone()
                    ? lane.run(inputs, wanted, shapes)
                    : limited(lane, limits, () -> lane.run(inputs, wanted, shapes));
            whole = true;
            if (counting != null) {
                counting.copied(System.nanoTime() - start - lane.computeNanos());
                counting.succeeded(firstShape(inputs), lane.computeNanos());
            }
            return values;
        } finally {
            if (whole) {
                idle.add(lane);
            } else {
                open.remove(lane);
                lane.close();
            }
        }
    }

    private static long[] firstShape(Value[] inputs) {
        return inputs.length > 0 && inputs[0] instanceof Tensor tensor ? tensor.rawShape() : new long[0];
    }

    private Lane take() throws OrtException {
        Lane kept = idle.poll();
        if (kept != null) {
            return kept;
        }
        Lane made = backend.lane(environment, session, signature);
        if (meter != null) {
            made.measure();
        }
        keep(made);
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
        for (Terminable run : open) {
            try {
                run.terminate();
            } catch (OrtException e) {
                log.warn("a run of the ONNX model {} could not be ended", name, e);
            }
        }
    }

    private void free() {
        open.forEach(Terminable::close);
        open.clear();
        idle.clear();
        try {
            session.close();
        } catch (OrtException e) {
            log.warn("the native session of the ONNX model {} could not be freed", name, e);
        }
    }
}
