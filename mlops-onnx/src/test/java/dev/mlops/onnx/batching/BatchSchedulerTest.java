package dev.mlops.onnx.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.onnx.model.BoundRun;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.testing.TestModels;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What requests go through that no model and no caller brings about at will. */
@Timeout(60)
class BatchSchedulerTest {
    private static final Duration FOREVER = Duration.ofHours(1);

    private final OnnxModel model = OnnxModel.load(
            "test.onnx",
            TestModels.relu(),
            OnnxOptions.builder().intraOpThreads(1).build());

    @AfterEach
    void closeModel() {
        model.close();
    }

    private BatchScheduler scheduler(BatchOptions.Builder options) {
        return new BatchScheduler(model, new RowShapes(model.signature(), Map.of()), options.build());
    }

    /** A request of one row whose future is done, with its failure if it has one, when it is delivered. */
    private static class Probe extends Request {
        final CompletableFuture<Void> delivered = new CompletableFuture<>();
        private final IntConsumer writing;
        private int written;

        Probe() {
            this(time -> {});
        }

        /** {@code writing} is what happens when it is written for the first, second or later time. */
        Probe(IntConsumer writing) {
            super(1, 0, Long.MAX_VALUE);
            this.writing = writing;
        }

        @Override
        void writeTo(BoundRun batch, int first) {
            writing.accept(++written);
        }

        @Override
        void takeFrom(BoundRun batch, int first) {}

        @Override
        void deliver(@Nullable RuntimeException failure) {
            if (failure == null) {
                delivered.complete(null);
            } else {
                delivered.completeExceptionally(failure);
            }
        }
    }

    private static Probe failingWith(Error error) {
        return new Probe(time -> {
            throw error;
        });
    }

    @Test
    void anErrorInABatchFailsItsRequestsNotTheWorker() {
        try (BatchScheduler scheduler = scheduler(BatchOptions.builder())) {
            Probe failing = failingWith(new OutOfMemoryError("of a test"));
            scheduler.add(failing);
            assertThatThrownBy(failing.delivered::join)
                    .hasCauseInstanceOf(UnavailableException.class)
                    .hasMessageContaining("of a test");
            Probe next = new Probe();
            scheduler.add(next);
            next.delivered.join();
        }
    }

    @Test
    void anErrorInARequestThatIsRunAgainFailsIt() {
        BatchOptions.Builder two = BatchOptions.builder().maxBatchSize(2).maxQueueDelay(FOREVER);
        try (BatchScheduler scheduler = scheduler(two)) {
            Probe failing = new Probe(time -> {
                if (time == 1) {
                    throw new InvalidInputException("row", 1, "is bad");
                }
                throw new OutOfMemoryError("of a test");
            });
            Probe good = new Probe();
            scheduler.add(failing);
            scheduler.add(good);
            good.delivered.join();
            assertThatThrownBy(failing.delivered::join)
                    .hasCauseInstanceOf(UnavailableException.class)
                    .hasMessageContaining("of a test");
        }
    }

    @Test
    void anErrorInACallersThreadIsAFailureToo() {
        try (BatchScheduler scheduler = scheduler(BatchOptions.builder())) {
            Probe failing = failingWith(new OutOfMemoryError("of a test"));
            assertThat(scheduler.runAlone(failing)).isTrue();
            assertThat(failing.failure())
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("of a test");
        }
    }

    @Test
    void anInterruptThatAReceiverLeavesIsCleared() {
        try (BatchScheduler scheduler = scheduler(BatchOptions.builder())) {
            Probe interrupting = new Probe() {
                @Override
                void deliver(@Nullable RuntimeException failure) {
                    Thread.currentThread().interrupt();
                    super.deliver(failure);
                }
            };
            scheduler.add(interrupting);
            interrupting.delivered.join();
            CompletableFuture<Boolean> isInterrupted = new CompletableFuture<>();
            scheduler.add(new Probe(
                    time -> isInterrupted.complete(Thread.currentThread().isInterrupted())));
            assertThat(isInterrupted.join()).isFalse();
        }
    }

    @Test
    void aRowThatComesWhileTheWorkerLiesDownWakesIt() {
        BatchOptions.Builder two = BatchOptions.builder().maxBatchSize(2).maxQueueDelay(FOREVER);
        try (BatchScheduler scheduler = scheduler(two)) {
            Probe second = new Probe();
            Probe first = new Probe() {
                /** Asked when the worker has taken what waits, and before it sleeps. */
                @Override
                boolean isLate(long now) {
                    scheduler.add(second);
                    return false;
                }
            };
            scheduler.add(first);
            first.delivered.join();
            second.delivered.join();
        }
    }
}
