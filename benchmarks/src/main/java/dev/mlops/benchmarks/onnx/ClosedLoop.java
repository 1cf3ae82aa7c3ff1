package dev.mlops.benchmarks.onnx;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Clients that each send their next row when the one before is answered: as much as a server can take. For one use. */
final class ClosedLoop {
    private static final int CLIENTS_PER_PROCESSOR = 4;

    private final RowServer server;
    private final Rows rows;
    private final int clients = CLIENTS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors();
    private final AtomicInteger answered = new AtomicInteger();
    private final CountDownLatch done = new CountDownLatch(clients);
    private final IntPredicate isOver;
    private volatile @Nullable RuntimeException failure;

    private ClosedLoop(RowServer server, Rows rows, IntPredicate isOver) {
        this.server = server;
        this.rows = rows;
        this.isOver = isOver;
    }

    /** Sends rows for some time. */
    static ClosedLoop lasting(double seconds, RowServer server, Rows rows) {
        long start = System.nanoTime();
        long time = (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        return new ClosedLoop(server, rows, answered -> System.nanoTime() - start > time);
    }

    /** Sends so many rows, and as many more as there are clients. */
    static ClosedLoop of(int count, RowServer server, Rows rows) {
        return new ClosedLoop(server, rows, answered -> answered >= count);
    }

    /** Checks each answer, and gives the rows a second. */
    double run() throws InterruptedException {
        long start = System.nanoTime();
        for (int i = 0; i < clients; i++) {
            send(i);
        }
        done.await();
        RuntimeException failed = failure;
        if (failed != null) {
            throw failed;
        }
        return answered.get() * (double) TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - start);
    }

    private void send(int request) {
        server.send(rows.at(request), (output, failed) -> answered(request, output, failed));
    }

    private void answered(int request, float @Nullable [] output, @Nullable RuntimeException failed) {
        try {
            if (output == null) {
                throw failed == null ? new IllegalStateException("no output") : failed;
            }
            rows.check(request, output);
        } catch (RuntimeException e) {
            failure = e;
        }
        int count = answered.incrementAndGet();
        if (failure != null || isOver.test(count)) {
            done.countDown();
        } else {
            send(count);
        }
    }
}
