package dev.mlops.onnx.evaluate;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Rows;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.pipeline.Inference;
import dev.mlops.onnx.pipeline.Stage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The threads of one evaluation, the caller's among them. */
final class Workers<S, T> {
    private final Iterator<S> source;
    private final Stage<? super S, Example<T>> prepare;
    private final Inference inference;
    private final Stage<Result, Tensor> output;
    private final Tally<T> tally;
    private final EvaluationOptions options;
    private final Object reading = new Object();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private long read;

    Workers(
            Iterator<S> source,
            Stage<? super S, Example<T>> prepare,
            Inference inference,
            Stage<Result, Tensor> output,
            Tally<T> tally,
            EvaluationOptions options) {
        this.source = source;
        this.prepare = prepare.named("prepare");
        this.inference = inference;
        this.output = output.named("output");
        this.tally = tally;
        this.options = options;
    }

    /** Something of the source, and its number from 1. */
    private record Raw<S>(long number, S value) {}

    /** Runs all examples; throws what failed first. */
    void run() {
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i < options.parallelism(); i++) {
            Thread thread = new Thread(this::work, "evaluation-" + i);
            thread.setDaemon(true);
            if (!isStarted(thread)) {
                break;
            }
            others.add(thread);
        }
        work();
        boolean wasInterrupted = false;
        for (Thread thread : others) {
            wasInterrupted |= join(thread);
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
        rethrow(failure.get());
        tally.end();
    }

    private boolean isStarted(Thread thread) {
        try {
            thread.start();
            return true;
        } catch (OutOfMemoryError e) {
            // There is no room for its stack; those that run already are waited for.
            failure.compareAndSet(null, e);
            return false;
        }
    }

    /** Waits for a thread whatever happens, and tells if an interrupt came. */
    private boolean join(Thread thread) {
        boolean wasInterrupted = false;
        while (true) {
            try {
                thread.join();
                return wasInterrupted;
            } catch (InterruptedException e) {
                wasInterrupted = true;
                failure.compareAndSet(null, new CancelledException("evaluation was interrupted", e));
            }
        }
    }

    private static void rethrow(@Nullable Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }

    private void work() {
        try {
            List<Raw<S>> batch = next();
            while (!batch.isEmpty() && failure.get() == null) {
                run(prepared(batch));
                tally.tell();
                batch = next();
            }
        } catch (Throwable e) {
            // Also what nothing declares, as other languages throw it: nobody would miss a thread that ended.
            failure.compareAndSet(null, e);
        }
    }

    private List<Raw<S>> next() {
        List<Raw<S>> batch = new ArrayList<>();
        synchronized (reading) {
            while (batch.size() < options.batchSize() && hasNext()) {
                read++;
                try {
                    batch.add(new Raw<>(read, source.next()));
                } catch (InvalidInputException | IntegrityException e) {
                    tally.addDamage(Long.toString(read), e);
                }
            }
        }
        return batch;
    }

    /** Looks at the cancellation before each example, as a source may have nothing but damaged ones for long. */
    private boolean hasNext() {
        options.cancellation().check("evaluation");
        return failure.get() == null && source.hasNext();
    }

    private List<Example<T>> prepared(List<Raw<S>> batch) {
        List<Example<T>> examples = new ArrayList<>();
        for (Raw<S> raw : batch) {
            try {
                examples.add(prepare.apply(raw.value));
            } catch (InvalidInputException | IntegrityException e) {
                tally.addDamage(Long.toString(raw.number), e);
            }
        }
        return examples;
    }

    private void run(List<Example<T>> examples) {
        if (examples.isEmpty()) {
            return;
        }
        try {
            runTogether(examples);
        } catch (InvalidInputException e) {
            if (examples.size() == 1) {
                tally.addDamage(examples.get(0).name(), e);
            } else {
                examples.forEach(each -> run(List.of(each)));
            }
        }
    }

    /** Else the output of one example would be taken for that of the next. */
    private static void checkOneRow(Example<?> example) {
        example.inputs().forEach((name, tensor) -> {
            long[] shape = tensor.shape();
            if (shape.length == 0 || shape[0] != 1) {
                throw new InvalidInputException("input '" + name + "'", tensor, "must have one row");
            }
        });
    }

    private void runTogether(List<Example<T>> examples) {
        if (examples.size() > 1) {
            examples.forEach(Workers::checkOneRow);
        }
        var inputs = Rows.of(examples.stream().map(Example::inputs).toList());
        List<T> targets = examples.stream().map(Example::target).toList();
        long start = System.nanoTime();
        Result result = inference.run(inputs);
        long nanos = System.nanoTime() - start;
        tally.add(targets, output.apply(result), nanos);
    }
}
