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
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a served model is run. Thread-safe. */
interface Runner {
    /** What the model takes and gives. */
    Signature signature();

    boolean isOpen();

    /**
     * Runs the model.
     *
     * @param outputs those that are wanted at least; none for all
     * @param slots where runs go that take a thread
     * @param receiver gets the result, or null and why there is none, once, in this thread or in another one
     */
    void run(
            Map<String, Tensor> inputs,
            List<String> outputs,
            RunSlots slots,
            BiConsumer<@Nullable Result, @Nullable RuntimeException> receiver);

    private static void inSlot(
            RunSlots slots, Supplier<Result> run, BiConsumer<@Nullable Result, @Nullable RuntimeException> receiver) {
        slots.run(
                () -> {
                    Result result;
                    try {
                        result = run.get();
                    } catch (RuntimeException e) {
                        receiver.accept(null, e);
                        return;
                    }
                    receiver.accept(result, null);
                },
                () -> receiver.accept(null, new UnavailableException("too many inferences at once; try again")));
    }

    /** One run for each request. */
    record OfModel(OnnxModel model) implements Runner {
        @Override
        public Signature signature() {
            return model.signature();
        }

        @Override
        public boolean isOpen() {
            return model.isOpen();
        }

        @Override
        public void run(
                Map<String, Tensor> inputs,
                List<String> outputs,
                RunSlots slots,
                BiConsumer<@Nullable Result, @Nullable RuntimeException> receiver) {
            inSlot(slots, () -> outputs.isEmpty() ? model.run(inputs) : model.run(inputs, outputs), receiver);
        }
    }

    /** A run of the model that serves at that time, together with other requests if the router batches them. */
    record OfRouter(ModelRouter router) implements Runner {
        @Override
        public Signature signature() {
            return router.signature();
        }

        @Override
        public boolean isOpen() {
            return router.isOpen();
        }

        @Override
        public void run(
                Map<String, Tensor> inputs,
                List<String> outputs,
                RunSlots slots,
                BiConsumer<@Nullable Result, @Nullable RuntimeException> receiver) {
            if (!router.isBatching()) {
                inSlot(slots, () -> router.run(inputs), receiver);
                return;
            }
            Future<?> unused = router.submit(inputs).whenComplete((result, failure) -> {
                if (failure == null || failure instanceof RuntimeException) {
                    receiver.accept(result, (RuntimeException) failure);
                } else {
                    receiver.accept(null, new UnavailableException("a batch could not be run: " + failure, failure));
                }
            });
        }
    }

    /** Requests that come at the same time are run together. */
    record OfBatches(BatchingModel batching) implements Runner {
        @Override
        public Signature signature() {
            return batching.model().signature();
        }

        @Override
        public boolean isOpen() {
            return batching.isOpen();
        }

        @Override
        public void run(
                Map<String, Tensor> inputs,
                List<String> outputs,
                RunSlots slots,
                BiConsumer<@Nullable Result, @Nullable RuntimeException> receiver) {
            if (rows(inputs) > batching.options().maxBatchSize()) {
                new OfModel(batching.model()).run(inputs, outputs, slots, receiver);
            } else {
                batching.submit(inputs, RequestOptions.DEFAULT, receiver);
            }
        }

        private static long rows(Map<String, Tensor> inputs) {
            return inputs.values().stream()
                    .mapToLong(tensor -> tensor.shape().length == 0 ? 0 : tensor.shape()[0])
                    .max()
                    .orElse(0);
        }
    }
}
