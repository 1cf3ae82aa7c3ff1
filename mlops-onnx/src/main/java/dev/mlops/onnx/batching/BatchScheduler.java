package dev.mlops.onnx.batching;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.onnx.metrics.Failure;
import dev.mlops.onnx.model.BoundRun;
import dev.mlops.onnx.model.OnnxModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who runs what when: a request runs at once in its caller's thread if nobody waits and native memory is free, otherwise
 * in a batch of a worker. Thread-safe.
 */
final class BatchScheduler implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(BatchScheduler.class);
    private static final long POLL_NANOS = 50_000;

    private final OnnxModel model;
    private final BatchOptions options;
    private final RequestQueue queue;
    private final BatchLimit limit;
    private final BatchMeter meter;
    /** Memory to run in that nobody uses now; as much of it as there are workers. */
    private final ConcurrentLinkedDeque<BatchRuns> idle = new ConcurrentLinkedDeque<>();

    private final ConcurrentLinkedDeque<BatchWorker> sleepers = new ConcurrentLinkedDeque<>();
    private final List<BatchWorker> workers = new ArrayList<>();
    /** Callers that are between looking whether this is open and leaving what they want in the queue. */
    private final AtomicInteger adding = new AtomicInteger();

    private final long delay;
    /** True once a request came whose deadline may be over before rows have waited as long as they may. */
    private volatile boolean isHurried;

    private volatile boolean isOpen = true;
    private volatile boolean isFreed;

    BatchScheduler(OnnxModel model, RowShapes rowShapes, BatchOptions options) {
        this.model = model;
        this.options = options;
        this.delay = options.maxQueueDelay().toNanos();
        this.queue = new RequestQueue(options);
        this.meter = new BatchMeter(options.metrics());
        this.limit = new BatchLimit(options.maxBatchSize(), options.latencyObjective());
        try {
            for (int i = 0; i < options.workers(); i++) {
                idle.add(new BatchRuns(model, rowShapes, options.maxBatchSize()));
                workers.add(new BatchWorker(this, options, "mlops-onnx-batches-" + model.name() + "-" + i));
            }
            workers.forEach(Thread::start);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    BatchLimit limit() {
        return limit;
    }

    BatchMeter meter() {
        return meter;
    }

    boolean isOpen() {
        return isOpen;
    }

    /** How many rows wait. */
    int waiting() {
        return queue.rows();
    }

    // ------------------------------------------------------------------------------------------- for callers

    /** Has a request run with others. */
    void add(Request request) {
        adding.incrementAndGet();
        try {
            checkOpen();
            if (request.patience < delay && !isHurried) {
                isHurried = true;
            }
            queue.add(request, !isInWorker());
        } catch (UnavailableException e) {
            meter.refused(isOpen ? Failure.REJECTED : Failure.UNAVAILABLE);
            throw e;
        } catch (CancelledException e) {
            meter.refused(request.isLate(System.nanoTime()) ? Failure.DEADLINE : Failure.CANCELLED);
            throw e;
        } finally {
            adding.decrementAndGet();
        }
        wake();
    }

    /** Runs a request in this thread if that delays nobody; false if it did not. Its result is there, to be delivered. */
    boolean runAlone(Request request) {
        BatchRuns runs = isInWorker() ? takeInReceiver() : isOpen && queue.rows() == 0 ? idle.poll() : null;
        if (runs == null) {
            return false;
        }
        try {
            meter.began(List.of(request));
            BatchWorker.runAlone(runs, request, meter);
        } finally {
            giveBack(runs);
        }
        return true;
    }

    private boolean isInWorker() {
        return Thread.currentThread() instanceof BatchWorker worker && workers.contains(worker);
    }

    /** A receiver of results that waits for others would wait for the thread that it is in. */
    private @Nullable BatchRuns takeInReceiver() {
        while (isOpen) {
            BatchRuns runs = idle.poll();
            if (runs != null) {
                return runs;
            }
            LockSupport.parkNanos(this, POLL_NANOS);
        }
        return null;
    }

    /** Tells a caller how its request ended. */
    void deliver(Request request) {
        meter.ended(request);
        try {
            request.deliver();
        } catch (RuntimeException | Error e) {
            log.warn("a receiver of results threw", e);
        }
    }

    private void checkOpen() {
        if (!isOpen) {
            throw new UnavailableException("the batching model of " + model.name() + " is closed");
        }
    }

    private void wake() {
        BatchWorker sleeper = sleepers.peek();
        if (sleeper != null && isEnoughFor(sleeper) && sleepers.remove(sleeper)) {
            LockSupport.unpark(sleeper);
        }
    }

    /** A worker that waits for more rows has to look at each one that may not wait so long. */
    private boolean isEnoughFor(BatchWorker worker) {
        return queue.rows() >= (isHurried ? 1 : worker.wanted());
    }

    /** A model may say that an output has a row for each row of the input, and give another number. */
    static void checkRows(BoundRun run, int rows) {
        for (int i = 0; i < run.outputs().size(); i++) {
            if (run.output(i).firstDimension() != rows) {
                throw new InvalidInputException(
                        "output '" + run.output(i).name() + "'",
                        run.output(i),
                        "has not a row for each of the %d rows of the batch".formatted(rows));
            }
        }
    }

    // ------------------------------------------------------------------------------------------- for workers

    /** Waits until there are requests and memory to run them in; null once this is closed and nothing is left. */
    @Nullable
    BatchRuns take(BatchWorker worker) {
        while (true) {
            if (queue.rows() > 0) {
                BatchRuns runs = idle.poll();
                if (runs != null) {
                    return runs;
                }
            } else if (!isOpen && adding.get() == 0 && queue.rows() == 0) {
                return null;
            }
            // Memory that is given back wakes a worker too.
            sleep(worker, isOpen ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(1), idle::isEmpty);
        }
    }

    /** Sleeps until so many rows wait as the worker wants; may return early. */
    void awaitRows(BatchWorker worker, long nanos) {
        sleep(worker, nanos, () -> false);
    }

    private void sleep(BatchWorker worker, long nanos, BooleanSupplier isVain) {
        sleepers.add(worker);
        // What came before this thread was among the sleepers woke nobody.
        boolean mayStay = !isEnoughFor(worker) || isVain.getAsBoolean();
        if (mayStay && (isOpen || nanos != Long.MAX_VALUE)) {
            LockSupport.parkNanos(this, nanos);
        }
        sleepers.remove(worker);
    }

    /** Takes what waits; see {@link RequestQueue#drain(List, int, int)}. */
    boolean drain(List<Request> batch, int taken, int most) {
        return queue.drain(batch, taken, most);
    }

    /** Has another worker take what one left. */
    void wakeForRest() {
        if (queue.rows() > 0) {
            wake();
        }
    }

    void giveBack(BatchRuns runs) {
        idle.push(runs);
        wakeForRest();
        if (isFreed) {
            freeIdle();
        }
    }

    // ------------------------------------------------------------------------------------------- the end

    @Override
    public void close() {
        isOpen = false;
        workers.forEach(LockSupport::unpark);
        if (!awaitWorkers()) {
            giveUp();
        }
        isFreed = true;
        freeIdle();
    }

    private void giveUp() {
        CancelledException failure =
                new CancelledException("the batching model of " + model.name() + " was closed before this was run");
        // Callers that waited for room come in as others leave.
        while (queue.rows() > 0 || adding.get() > 0) {
            for (Request request : queue.drain()) {
                request.fail(failure);
                deliver(request);
            }
            LockSupport.parkNanos(this, POLL_NANOS);
        }
    }

    /** What is in use is freed when it is given back. */
    private void freeIdle() {
        for (BatchRuns runs = idle.poll(); runs != null; runs = idle.poll()) {
            runs.close();
        }
    }

    private boolean awaitWorkers() {
        long deadline = System.nanoTime() + options.closeGrace().toNanos();
        boolean isInterrupted = false;
        boolean allEnded = true;
        for (BatchWorker worker : workers) {
            long left = deadline - System.nanoTime();
            try {
                if (left > 0 && !isInterrupted && worker != Thread.currentThread()) {
                    TimeUnit.NANOSECONDS.timedJoin(worker, left);
                }
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
            allEnded &= !worker.isAlive();
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
        return allEnded;
    }
}
