package dev.mlops.onnx.batching;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.onnx.model.BoundRun;
import java.util.ArrayList;
import java.util.List;

/** A thread that puts requests together and runs them. */
final class BatchWorker extends Thread {
    private final BatchScheduler scheduler;
    private final BatchOptions options;
    private final long delay;
    private final List<Request> batch = new ArrayList<>();
    /** Requests whose deadline was over when they were taken. */
    private final List<Request> late = new ArrayList<>();

    private int rows;
    /** When the batch begins at the latest, by {@link System#nanoTime()}. */
    private long latest;

    /** It is woken when so many rows wait. */
    private volatile int wanted = 1;

    BatchWorker(BatchScheduler scheduler, BatchOptions options, String name) {
        super(name);
        this.scheduler = scheduler;
        this.options = options;
        this.delay = options.maxQueueDelay().toNanos();
        setDaemon(true);
    }

    int wanted() {
        return wanted;
    }

    @Override
    public void run() {
        while (true) {
            BatchRuns runs = scheduler.take(this);
            if (runs == null) {
                return;
            }
            try {
                collect();
                runAll(runs);
            } finally {
                scheduler.giveBack(runs);
            }
            deliverAll();
        }
    }

    private void collect() {
        int most = scheduler.limit().rows();
        while (takeWaiting(most) && mayGrow(most)) {
            long left = latest - System.nanoTime();
            if (left <= 0) {
                break;
            }
            wanted = missing(most);
            scheduler.awaitRows(this, left);
            wanted = 1;
        }
        scheduler.wakeForRest();
    }

    private boolean mayGrow(int most) {
        return delay > 0 && rows > 0 && rows < most && late.isEmpty() && !isPreferred() && scheduler.isOpen();
    }

    private boolean isPreferred() {
        return options.preferredBatchSizes().contains(rows);
    }

    /** Up to the next preferred size. */
    private int missing(int most) {
        for (int size : options.preferredBatchSizes()) {
            if (size > rows && size <= most) {
                return size - rows;
            }
        }
        return most - rows;
    }

    /** Takes what waits; false if some of it is too large to fit. */
    private boolean takeWaiting(int most) {
        while (true) {
            int lateBefore = late.size();
            boolean isAll = takeOnce(most);
            if (isAll || late.size() == lateBefore) {
                return isAll;
            }
        }
    }

    private boolean takeOnce(int most) {
        int before = batch.size();
        boolean isAll = scheduler.drain(batch, rows, most);
        long now = System.nanoTime();
        for (int i = batch.size() - 1; i >= before; i--) {
            Request request = batch.get(i);
            if (request.isLate(now)) {
                batch.remove(i);
                late.add(request);
                request.failLate();
            } else {
                long wish = request.since + Math.min(delay, request.patience);
                latest = rows == 0 || wish - latest < 0 ? wish : latest;
                rows += request.rows;
            }
        }
        return isAll;
    }

    private void runAll(BatchRuns runs) {
        if (rows > 0) {
            scheduler.meter().began(batch);
            try {
                run(runs, batch, rows, scheduler.meter());
            } catch (InvalidInputException e) {
                runEach(runs, e);
            } catch (RuntimeException | Error e) {
                RuntimeException failure = failure(e);
                batch.forEach(request -> request.fail(failure));
            }
        }
    }

    /** One bad row must not fail the others. */
    private void runEach(BatchRuns runs, InvalidInputException failure) {
        if (batch.size() == 1) {
            batch.get(0).fail(failure);
            return;
        }
        for (Request request : batch) {
            runAlone(runs, request, scheduler.meter());
        }
    }

    /** Runs one request, which has its result or its failure then. */
    static void runAlone(BatchRuns runs, Request request, BatchMeter meter) {
        try {
            run(runs, List.of(request), request.rows, meter);
        } catch (RuntimeException | Error e) {
            request.fail(failure(e));
        }
    }

    /** An error is such as too little memory: its thread must live on, or its callers wait for ever. */
    private static RuntimeException failure(Throwable thrown) {
        return thrown instanceof RuntimeException failure
                ? failure
                : new UnavailableException("a batch could not be run: " + thrown, thrown);
    }

    private static void run(BatchRuns runs, List<Request> requests, int rows, BatchMeter meter) {
        long begun = meter.now();
        BoundRun run = runs.of(rows);
        int first = 0;
        for (int i = 0; i < requests.size(); i++) {
            requests.get(i).writeTo(run, first);
            first += requests.get(i).rows;
        }
        long filled = meter.now();
        run.run();
        long done = meter.now();
        BatchScheduler.checkRows(run, rows);
        first = 0;
        for (int i = 0; i < requests.size(); i++) {
            requests.get(i).takeFrom(run, first);
            first += requests.get(i).rows;
        }
        meter.ran(rows, begun, filled, done);
    }

    private void deliverAll() {
        long now = System.nanoTime();
        for (int i = 0; i < batch.size(); i++) {
            Request request = batch.get(i);
            scheduler.limit().took(request.rows, now - request.since);
            scheduler.deliver(request);
        }
        for (int i = 0; i < late.size(); i++) {
            scheduler.deliver(late.get(i));
        }
        batch.clear();
        late.clear();
        rows = 0;
        // A receiver may have left its interrupt here, with which no sleep would last.
        boolean unused = Thread.interrupted();
    }
}
