package dev.mlops.benchmarks.onnx;

import dev.mlops.api.error.UnavailableException;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Requests that are sent at a fixed rate, whether those before are answered or not. The time of each is counted from
 * when it should have been sent, so that a server that holds the sender up does not hide it (no coordinated omission).
 * For one use.
 */
final class OpenLoop {
    private static final long UNANSWERED = -1;
    private static final long REFUSED = -2;
    private static final long FAILED = -3;
    private static final long SPIN_NANOS = 200_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final long[] nanos;
    private final double nanosPerRequest;
    private final AtomicInteger open;
    private long start;
    private long sent;

    /** For so many requests a second. */
    OpenLoop(double rate, double seconds) {
        nanos = new long[Math.max(1, (int) (rate * seconds))];
        Arrays.fill(nanos, UNANSWERED);
        nanosPerRequest = TimeUnit.SECONDS.toNanos(1) / rate;
        open = new AtomicInteger(nanos.length);
    }

    /** Sends all requests, waits until they are answered, and says how that went. */
    Outcome run(RowServer server, Rows rows) {
        start = System.nanoTime();
        for (int i = 0; i < nanos.length; i++) {
            int request = i;
            waitUntil(intended(i));
            server.send(rows.at(i), (output, failure) -> answered(request, failure));
        }
        sent = System.nanoTime();
        while (open.get() > 0 && System.nanoTime() - sent < PATIENCE_NANOS) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return outcome();
    }

    private long intended(int request) {
        return start + (long) (request * nanosPerRequest);
    }

    private static void waitUntil(long time) {
        for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
            if (left > SPIN_NANOS) {
                LockSupport.parkNanos(left - SPIN_NANOS);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private void answered(int request, @Nullable RuntimeException failure) {
        if (failure == null) {
            nanos[request] = System.nanoTime() - intended(request);
        } else {
            boolean isRefused =
                    failure instanceof UnavailableException || failure instanceof RejectedExecutionException;
            nanos[request] = isRefused ? REFUSED : FAILED;
        }
        open.decrementAndGet();
    }

    private Outcome outcome() {
        double seconds = (sent - start) / (double) TimeUnit.SECONDS.toNanos(1);
        return new Outcome(
                nanos.length / seconds,
                new Percentiles(Arrays.stream(nanos).filter(time -> time >= 0).toArray()),
                count(REFUSED),
                count(FAILED),
                count(UNANSWERED));
    }

    private long count(long mark) {
        return Arrays.stream(nanos).filter(time -> time == mark).count();
    }

    /**
     * What came of the requests.
     *
     * @param sendRate how many were sent a second, less than wanted if the sender could not keep up
     * @param times of those that were answered
     * @param refused because too many waited
     * @param failed otherwise
     * @param lost not answered at all
     */
    record Outcome(double sendRate, Percentiles times, long refused, long failed, long lost) {}
}
