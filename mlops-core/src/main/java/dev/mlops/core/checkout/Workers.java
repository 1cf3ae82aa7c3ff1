package dev.mlops.core.checkout;

import dev.mlops.api.error.CancelledException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A few daemon threads for one call. Confined to the thread that made it. */
final class Workers implements AutoCloseable {
    private final int threads;
    private final ExecutorService executor;

    Workers(int threads) {
        this.threads = threads;
        this.executor = Executors.newFixedThreadPool(threads, work -> {
            Thread thread = new Thread(work, "mlops-checkout");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Does something with each item; throws what the first failure threw once all threads have stopped. */
    <T> void forEach(List<T> items, Consumer<T> work) {
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> running = IntStream.range(0, Math.min(threads, items.size()))
                .<Future<?>>mapToObj(i -> executor.submit(() -> {
                    for (int at = next.getAndIncrement(); at < items.size(); at = next.getAndIncrement()) {
                        try {
                            work.accept(items.get(at));
                        } catch (RuntimeException | Error e) {
                            next.set(items.size());
                            throw e;
                        }
                    }
                }))
                .toList();
        RuntimeException failure = null;
        for (Future<?> one : running) {
            failure = await(one, failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private @Nullable RuntimeException await(Future<?> one, @Nullable RuntimeException before) {
        try {
            one.get();
            return before;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            return before == null ? (RuntimeException) e.getCause() : before;
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
            return new CancelledException("comparing files was interrupted", e);
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
