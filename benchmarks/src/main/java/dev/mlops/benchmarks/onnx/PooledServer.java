package dev.mlops.benchmarks.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A pool of as many threads as there are processors, with a peer for each, and as long a queue as batches have. */
final class PooledServer implements RowServer {
    private static final int QUEUE = 10_000;

    private final Queue<Peer> opened = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<Peer> peers;
    private final ThreadPoolExecutor threads;

    PooledServer(Callable<Peer> opening) {
        int count = Runtime.getRuntime().availableProcessors();
        threads = new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE));
        peers = ThreadLocal.withInitial(() -> open(opening));
    }

    private Peer open(Callable<Peer> opening) {
        try {
            Peer peer = opening.call();
            opened.add(peer);
            return peer;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void send(NamedArray[] row, BiConsumer<float @Nullable [], @Nullable RuntimeException> receiver) {
        try {
            threads.execute(() -> answer(row, receiver));
        } catch (RejectedExecutionException e) {
            receiver.accept(null, e);
        }
    }

    private void answer(NamedArray[] row, BiConsumer<float @Nullable [], @Nullable RuntimeException> receiver) {
        float[] output;
        try {
            output = (float[]) peers.get().run(row)[0];
        } catch (Exception e) {
            receiver.accept(null, new IllegalStateException(e));
            return;
        }
        receiver.accept(output, null);
    }

    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("rows are still running");
            }
            for (Peer peer : opened) {
                peer.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
