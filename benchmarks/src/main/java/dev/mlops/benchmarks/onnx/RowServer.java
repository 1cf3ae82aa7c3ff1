package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OrtSession;
import dev.mlops.onnx.batching.RequestOptions;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Takes rows from one thread and answers them on others. */
interface RowServer extends AutoCloseable {
    /**
     * Sends a row and returns at once.
     *
     * @param receiver gets the output, or null and why there is none; also if the row is refused because too many wait
     */
    void send(NamedArray[] row, BiConsumer<float @Nullable [], @Nullable RuntimeException> receiver);

    @Override
    void close();

    /** ONNX Runtime as its documentation shows it, or with pinned outputs, on as many threads as there are processors. */
    static RowServer pooled(String peer, BenchmarkModel model, OrtSession session) {
        return new PooledServer(() -> Peer.named(peer, model, session));
    }

    /** Our batches. */
    static RowServer batched(BenchmarkModel model) {
        Batched batched = new Batched(model);
        return new RowServer() {
            @Override
            public void send(NamedArray[] row, BiConsumer<float @Nullable [], @Nullable RuntimeException> receiver) {
                try {
                    batched.batching().submit((float[]) row[0].array(), RequestOptions.DEFAULT, receiver);
                } catch (RuntimeException e) {
                    receiver.accept(null, e);
                }
            }

            @Override
            public void close() {
                batched.close();
            }
        };
    }
}
