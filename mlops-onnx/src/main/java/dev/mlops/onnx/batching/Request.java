package dev.mlops.onnx.batching;

import dev.mlops.api.error.CancelledException;
import dev.mlops.onnx.model.BoundRun;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Rows of one caller on their way: written to a batch, taken from it, and delivered. Passed from thread to thread. */
abstract class Request {
    /** How many rows there are. */
    final int rows;

    /** Its priority, from 0, the first to be run. */
    final int level;

    /** When it came, by {@link System#nanoTime()}. */
    final long since = System.nanoTime();

    /** How many nanoseconds it may wait. */
    final long patience;

    private @Nullable RuntimeException failure;
    private boolean isLate;

    Request(int rows, int level, long patience) {
        this.rows = rows;
        this.level = level;
        this.patience = patience;
    }

    /** Writes its rows to the inputs, from row {@code first} on. */
    abstract void writeTo(BoundRun batch, int first);

    /** Takes its rows from the outputs. */
    abstract void takeFrom(BoundRun batch, int first);

    /** Has it end with a failure. */
    void fail(RuntimeException failure) {
        this.failure = failure;
    }

    /** Has it end because it waited too long. */
    void failLate() {
        isLate = true;
        fail(new CancelledException(
                "the batch of the request did not begin within its deadline of " + Duration.ofNanos(patience)));
    }

    /** Why it has no result; null if it has one. */
    @Nullable
    RuntimeException failure() {
        return failure;
    }

    /** True if it ended because it waited too long. */
    boolean isLate() {
        return isLate;
    }

    /** Tells the caller. */
    final void deliver() {
        deliver(failure);
    }

    abstract void deliver(@Nullable RuntimeException failure);

    boolean isLate(long now) {
        return now - since > patience;
    }

    /** Floats in and floats out, of a model that has one input and one output. */
    static final class OfFloats extends Request {
        private final float[] input;
        private final BiConsumer<float @Nullable [], @Nullable RuntimeException> receiver;
        private float @Nullable [] output;

        OfFloats(
                float[] input,
                int rows,
                int level,
                long patience,
                BiConsumer<float @Nullable [], @Nullable RuntimeException> receiver) {
            super(rows, level, patience);
            this.input = input;
            this.receiver = receiver;
        }

        @Override
        void writeTo(BoundRun batch, int first) {
            batch.input(0).floats().put(first * (input.length / rows), input);
        }

        @Override
        void takeFrom(BoundRun batch, int first) {
            int length = batch.output(0).rowSize();
            float[] taken = new float[rows * length];
            batch.output(0).floats().get(first * length, taken);
            output = taken;
        }

        @Override
        void deliver(@Nullable RuntimeException failure) {
            receiver.accept(failure == null ? Objects.requireNonNull(output) : null, failure);
        }
    }

    /** Tensors by name. */
    static final class OfTensors extends Request {
        private final Map<String, Tensor> inputs;
        private final BiConsumer<@Nullable Result, @Nullable RuntimeException> receiver;
        private @Nullable Result result;

        OfTensors(
                Map<String, Tensor> inputs,
                int rows,
                int level,
                long patience,
                BiConsumer<@Nullable Result, @Nullable RuntimeException> receiver) {
            super(rows, level, patience);
            this.inputs = inputs;
            this.receiver = receiver;
        }

        @Override
        void writeTo(BoundRun batch, int first) {
            for (int i = 0; i < inputs.size(); i++) {
                batch.input(i)
                        .setRows(
                                first,
                                Objects.requireNonNull(inputs.get(batch.input(i).name())));
            }
        }

        @Override
        void takeFrom(BoundRun batch, int first) {
            List<String> names = new ArrayList<>();
            List<Tensor> tensors = new ArrayList<>();
            for (int i = 0; i < batch.outputs().size(); i++) {
                names.add(batch.output(i).name());
                tensors.add(batch.output(i).rows(first, rows));
            }
            result = Result.of(names, tensors);
        }

        @Override
        void deliver(@Nullable RuntimeException failure) {
            receiver.accept(failure == null ? Objects.requireNonNull(result) : null, failure);
        }
    }
}
