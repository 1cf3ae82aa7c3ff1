package dev.mlops.onnx.serving;

import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.Signature;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.batching.RequestOptions;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.routing.ModelRouter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a served model is run. Thread-safe. */
final class Runner {
    private final Supplier<Signature> signature;
    private final BooleanSupplier isOpen;
    private final Call call;

    Runner(Supplier<Signature> signature, BooleanSupplier isOpen, Call call) {
        this.signature = signature;
        this.isOpen = isOpen;
        this.call = call;
    }

    /** Gets the result, or null and why there is none, once. */
    interface Receiver extends BiConsumer<@Nullable Result, @Nullable RuntimeException> {}

    /** As {@link Runner#run}. */
    interface Call {
        void run(Map<String, Tensor> inputs, List<String> outputs, RunSlots slots, Receiver receiver);
    }

    /** One run for each request. */
    static Runner of(OnnxModel model) {
        return new Runner(
                model::signature,
                model::isOpen,
                (inputs, outputs, slots, receiver) -> runAlone(model, inputs, outputs, slots, receiver));
    }

    /** Requests that come at the same time are run together. */
    static Runner of(BatchingModel batching) {
        return new Runner(batching.model()::signature, batching::isOpen, (inputs, outputs, slots, receiver) -> {
            if (rows(inputs) > batching.options().maxBatchSize()) {
                runAlone(batching.model(), inputs, outputs, slots, receiver);
            } else {
                batching.submit(inputs, RequestOptions.DEFAULT, receiver);
            }
        });
    }

    /** A run of the model that serves at that time, together with other requests if the router batches them. */
    static Runner of(ModelRouter router) {
        return new Runner(router::signature, router::isOpen, (inputs, outputs, slots, receiver) -> {
            if (router.isBatching()) {
                Future<?> unused = router.submit(inputs)
                        .whenComplete(
                                (result, failed) -> receiver.accept(result, failed == null ? null : failure(failed)));
            } else {
                runInSlot(slots, () -> router.run(inputs), receiver);
            }
        });
    }

    private static void runAlone(
            OnnxModel model, Map<String, Tensor> inputs, List<String> outputs, RunSlots slots, Receiver receiver) {
        runInSlot(slots, () -> outputs.isEmpty() ? model.run(inputs) : model.run(inputs, outputs), receiver);
    }

    static void runInSlot(RunSlots slots, Supplier<Result> run, Receiver receiver) {
        slots.run(() -> deliver(run, receiver), reason -> receiver.accept(null, new UnavailableException(reason)));
    }

    private static void deliver(Supplier<Result> run, Receiver receiver) {
        Result result;
        try {
            result = run.get();
        } catch (RuntimeException | Error e) {
            receiver.accept(null, failure(e));
            return;
        }
        receiver.accept(result, null);
    }

    /** What a receiver is told: even of too little memory, or its client would wait for ever. */
    private static RuntimeException failure(Throwable failed) {
        Throwable cause =
                failed instanceof CompletionException && failed.getCause() != null ? failed.getCause() : failed;
        return cause instanceof RuntimeException told
                ? told
                : new UnavailableException("the model could not be run: " + cause, cause);
    }

    private static long rows(Map<String, Tensor> inputs) {
        return inputs.values().stream()
                .mapToLong(tensor -> tensor.shape().length == 0 ? 0 : tensor.shape()[0])
                .max()
                .orElse(0);
    }

    /** What the model takes and gives. */
    Signature signature() {
        return signature.get();
    }

    boolean isOpen() {
        return isOpen.getAsBoolean();
    }

    /**
     * Runs the model.
     *
     * @param outputs those that are wanted at least; none for all
     * @param slots where runs go that take a thread
     * @param receiver is called in this thread or in another one
     */
    void run(Map<String, Tensor> inputs, List<String> outputs, RunSlots slots, Receiver receiver) {
        call.run(inputs, outputs, slots, receiver);
    }
}
