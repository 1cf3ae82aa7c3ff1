package dev.mlops.core;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The SDK's own daemon threads; none is started before there is work. */
final class BackgroundThreads implements AutoCloseable {
    private static final long IDLE_SECONDS = 10;
    private static final long CLOSE_WAIT_SECONDS = 2;
    /** Most of them wait for disks and networks. */
    private static final int WORKERS = 5;

    private final ScheduledThreadPoolExecutor scheduler;
    private final ThreadPoolExecutor workers;

    BackgroundThreads(int parallelism) {
        scheduler = new ScheduledThreadPoolExecutor(1, daemons("mlops-background"));
        scheduler.setRemoveOnCancelPolicy(true);
        workers = new ThreadPoolExecutor(
                WORKERS * parallelism,
                WORKERS * parallelism,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                daemons("mlops-worker"));
        workers.allowCoreThreadTimeOut(true);
    }

    ScheduledExecutorService scheduler() {
        return scheduler;
    }

    Executor workers() {
        return workers;
    }

    @Override
    public void close() {
        scheduler.shutdown();
        workers.shutdown();
        stop(scheduler);
        stop(workers);
    }

    private static void stop(ExecutorService executor) {
        try {
            if (executor.awaitTermination(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        executor.shutdownNow();
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger count = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
