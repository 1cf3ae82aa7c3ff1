package dev.mlops.onnx.serving;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets so many runs go on at once and further ones wait for a time, without a thread that waits: who is done with one goes
 * on with the next. Thread-safe.
 */
final class RunSlots {
    private static final String TOO_MANY = "too many inferences at once; try again";
    private static final String CLOSED = "the server is closed";

    private final Executor threads;
    private final long patienceNanos;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger free;
    private volatile boolean isClosed;

    /** Slots for runs in threads of an executor that has at least as many. */
    RunSlots(ServingLimits limits, Executor threads) {
        this.threads = threads;
        this.free = new AtomicInteger(limits.concurrency());
        this.patienceNanos = limits.queueTimeout().toNanos();
    }

    /**
     * Runs a task when there is room.
     *
     * @param task throws nothing
     * @param refusal is told why, in its place, if there is no room in time or this is closed
     */
    void run(Runnable task, Consumer<String> refusal) {
        Waiting added = new Waiting(task, refusal);
        if (enter()) {
            start(added);
            return;
        }
        waiting.add(added);
        CompletableFuture.delayedExecutor(patienceNanos, TimeUnit.NANOSECONDS).execute(() -> giveUp(added));
        helpOut();
        if (isClosed) {
            close();
        }
    }

    /** Has nothing begin any more, and refuses what waits. What runs goes on. Idempotent. */
    void close() {
        isClosed = true;
        for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
            next.refuse(CLOSED);
        }
    }

    private void giveUp(Waiting late) {
        if (waiting.remove(late)) {
            late.refuse(TOO_MANY);
        }
    }

    /** Room may have come between the look at it and the wait for it. */
    private void helpOut() {
        while (!waiting.isEmpty() && enter()) {
            Waiting next = waiting.poll();
            if (next == null) {
                free.incrementAndGet();
            } else {
                start(next);
            }
        }
    }

    private void start(Waiting first) {
        try {
            threads.execute(() -> work(first));
        } catch (RejectedExecutionException e) {
            free.incrementAndGet();
            first.refuse(CLOSED);
        }
    }

    private void work(Waiting first) {
        try {
            for (Waiting next = first; next != null; next = waiting.poll()) {
                if (isClosed) {
                    next.refuse(CLOSED);
                } else {
                    next.run();
                }
            }
        } finally {
            free.incrementAndGet();
        }
        helpOut();
    }

    private boolean enter() {
        int seen = free.get();
        while (seen > 0 && !free.compareAndSet(seen, seen - 1)) {
            seen = free.get();
        }
        return seen > 0;
    }

    /** A task that is run or refused, whichever comes first; then it lets go of what these hold. */
    private static final class Waiting {
        private final AtomicReference<@Nullable Choice> choice;

        Waiting(Runnable task, Consumer<String> refusal) {
            this.choice = new AtomicReference<>(new Choice(task, refusal));
        }

        void run() {
            Choice made = choice.getAndSet(null);
            if (made != null) {
                made.task.run();
            }
        }

        void refuse(String reason) {
            Choice made = choice.getAndSet(null);
            if (made != null) {
                made.refusal.accept(reason);
            }
        }

        private record Choice(Runnable task, Consumer<String> refusal) {}
    }
}
