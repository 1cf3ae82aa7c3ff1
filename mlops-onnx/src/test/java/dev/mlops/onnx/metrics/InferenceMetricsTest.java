package dev.mlops.onnx.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.batching.RequestOptions;
import dev.mlops.onnx.model.BoundRun;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.RunLimits;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.testing.TestModels;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class InferenceMetricsTest {
    private static final float[] ROW = {1, -1, 2, -2};

    private final InferenceMetrics metrics = new InferenceMetrics();

    private OnnxModel counted(byte[] model) {
        return OnnxModel.load(
                "test.onnx",
                model,
                OnnxOptions.builder().intraOpThreads(1).metrics(metrics).build());
    }

    private static OnnxModel uncounted(byte[] model) {
        return OnnxModel.load(
                "test.onnx", model, OnnxOptions.builder().intraOpThreads(1).build());
    }

    @Test
    void plainRunsAreCountedWithTheirRowsAndTimes() {
        try (OnnxModel model = counted(TestModels.relu())) {
            model.run(Tensor.floats(new float[12], 3, 4));
            model.run(Tensor.floats(ROW, 1, 4));
        }

        InferenceSnapshot now = metrics.snapshot();
        assertThat(now.requests()).isEqualTo(2);
        assertThat(now.rows()).isEqualTo(4);
        assertThat(now.failed()).isZero();
        assertThat(now.batchRows().count()).isEqualTo(2);
        assertThat(now.batchRows().max()).isEqualTo(3);
        assertThat(now.computeNanos().count()).isEqualTo(2);
        assertThat(now.computeNanos().p50()).isPositive();
        assertThat(now.copyNanos().count()).isEqualTo(2);
        assertThat(now.queueNanos().count()).isZero();
        assertThat(now.toString())
                .contains("requests 2, rows 4, failures none", "queue    none", "max 3 rows in 2 runs");
    }

    @Test
    void boundRunsAreCounted() {
        try (OnnxModel model = counted(TestModels.relu());
                BoundRun run = model.bind(5, 4)) {
            run.run();
            run.run();
        }

        assertThat(metrics.snapshot().rows()).isEqualTo(10);
        assertThat(metrics.snapshot().computeNanos().count()).isEqualTo(2);
        assertThat(metrics.snapshot().copyNanos().count()).isZero();
    }

    @Test
    void aModelWithoutRowsCountsOneForEachRun() {
        try (OnnxModel model = counted(TestModels.identity(ElementType.FLOAT, 7))) {
            model.run(Tensor.floats(new float[7], 7));
        }

        assertThat(metrics.snapshot().rows()).isEqualTo(1);
    }

    @Test
    void failuresAreCountedByReason() {
        OnnxModel model = counted(TestModels.lookup());
        assertThatThrownBy(() -> model.run(Tensor.floats(ROW, 1, 4))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> model.run(Tensor.longs(new long[] {99}, 1))).isInstanceOf(InvalidInputException.class);
        model.close();
        assertThatThrownBy(() -> model.run(Tensor.longs(new long[] {0}, 1))).isInstanceOf(UnavailableException.class);

        assertThat(metrics.snapshot().failures())
                .containsOnly(Map.entry(Failure.INVALID_INPUT, 2L), Map.entry(Failure.UNAVAILABLE, 1L));
        assertThat(metrics.snapshot().requests()).isEqualTo(3);
        assertThat(metrics.toString()).contains("failures INVALID_INPUT 2, UNAVAILABLE 1");
    }

    @Test
    void aRunOverItsTimeIsADeadline() {
        try (OnnxModel model = counted(TestModels.slow())) {
            Map<String, Tensor> inputs = Map.of("v0", Tensor.zeros(ElementType.FLOAT, 500, 500));
            assertThatThrownBy(() -> model.run(inputs, RunLimits.within(Duration.ofMillis(20))))
                    .isInstanceOf(CancelledException.class);
        }

        assertThat(metrics.snapshot().failures()).containsOnly(Map.entry(Failure.DEADLINE, 1L));
    }

    @Test
    void batchesAndTheirRequestsAreCounted() {
        BatchOptions options =
                BatchOptions.builder().maxBatchSize(8).metrics(metrics).build();
        try (OnnxModel model = uncounted(TestModels.relu());
                BatchingModel batching = BatchingModel.of(model, options)) {
            batching.run(ROW);
            List<CompletableFuture<float[]>> going = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                going.add(batching.submit(ROW));
            }
            going.forEach(CompletableFuture::join);
            assertThatThrownBy(() -> batching.submit(new float[3])).isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> batching.submit(Map.of())).isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> batching.submit(ROW, RequestOptions.priority(2)))
                    .isInstanceOf(InvalidInputException.class);
        }

        InferenceSnapshot now = metrics.snapshot();
        assertThat(now.rows()).isEqualTo(101);
        assertThat(now.requests()).isEqualTo(104);
        assertThat(now.failures()).containsOnly(Map.entry(Failure.INVALID_INPUT, 3L));
        assertThat(now.queueNanos().count()).isEqualTo(101);
        assertThat(now.batchRows().max()).isBetween(1L, 8L);
        assertThat(now.batchRows().total()).isCloseTo(101, Percentage.withPercentage(1));
        assertThat(now.copyNanos().count()).isEqualTo(now.batchRows().count());
    }

    @Test
    void aBadRowIsTheOnlyFailureOfItsBatch() {
        BatchOptions options = BatchOptions.builder()
                .maxBatchSize(4)
                .preferredBatchSizes(4)
                .maxQueueDelay(Duration.ofSeconds(30))
                .metrics(metrics)
                .build();
        try (OnnxModel model = uncounted(TestModels.lookup());
                BatchingModel batching = BatchingModel.of(model, options)) {
            String name = model.signature().inputs().get(0).name();
            List<CompletableFuture<?>> going = new ArrayList<>();
            for (long index : new long[] {0, 1, 99, 0}) {
                going.add(batching.submit(Map.of(name, Tensor.longs(new long[] {index}, 1))));
            }
            going.get(3).join();
            assertThatThrownBy(() -> going.get(2).join()).hasCauseInstanceOf(InvalidInputException.class);
        }

        assertThat(metrics.snapshot().requests()).isEqualTo(4);
        assertThat(metrics.snapshot().failures()).containsOnly(Map.entry(Failure.INVALID_INPUT, 1L));
        assertThat(metrics.snapshot().rows()).isEqualTo(3);
    }

    @Test
    void whatTheQueueRefusesOrGivesUpIsCounted() {
        BatchOptions options = BatchOptions.builder()
                .maxBatchSize(2)
                .maxQueueSize(2)
                .preferredBatchSizes(2)
                .maxQueueDelay(Duration.ofMillis(200))
                .metrics(metrics)
                .build();
        try (OnnxModel model = uncounted(TestModels.relu())) {
            BatchingModel batching = BatchingModel.of(model, options);
            CompletableFuture<float[]> late = batching.submit(ROW, RequestOptions.within(Duration.ofNanos(1)));
            assertThatThrownBy(late::join).hasCauseInstanceOf(CancelledException.class);
            batching.close();
            assertThatThrownBy(() -> batching.submit(ROW)).isInstanceOf(UnavailableException.class);
            assertThatThrownBy(() -> batching.run(ROW)).isInstanceOf(UnavailableException.class);
        }

        assertThat(metrics.snapshot().failures())
                .containsOnly(Map.entry(Failure.DEADLINE, 1L), Map.entry(Failure.UNAVAILABLE, 2L));
    }

    @Test
    void countingMakesNoGarbage() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 20_000; i++) {
            countOnce(i);
        }
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int i = 0; i < 20_000; i++) {
            countOnce(i);
        }
        long after = threads.getThreadAllocatedBytes(Thread.currentThread().getId());

        assertThat(after - before).isLessThan(20_000);
    }

    private void countOnce(int i) {
        metrics.waited(i * 1_000L);
        metrics.copied(i);
        metrics.ran(1 + i % 64, i * 10_000_000L);
        metrics.succeeded(1);
        metrics.failed(Failure.OTHER);
    }

    @Test
    void valuesBeyondTheRangeCountAsItsEnd() {
        metrics.ran(Long.MAX_VALUE, Long.MAX_VALUE);
        metrics.copied(-5);

        assertThat(metrics.snapshot().computeNanos().max()).isGreaterThanOrEqualTo(TimeUnit.HOURS.toNanos(1));
        assertThat(metrics.snapshot().copyNanos().max()).isZero();
    }

    @Test
    void aMicrometerRegistryShowsThem() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new InferenceMeterBinder(metrics, Tags.of("model", "digits")).bindTo(registry);
        try (OnnxModel model = counted(TestModels.relu())) {
            model.run(Tensor.floats(new float[12], 3, 4));
            assertThatThrownBy(() -> model.run(Map.of())).isInstanceOf(InvalidInputException.class);
        }

        assertThat(registry.get("mlops.inference.requests")
                        .tag("model", "digits")
                        .functionCounter()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("mlops.inference.rows").functionCounter().count())
                .isEqualTo(3);
        assertThat(registry.get("mlops.inference.failures")
                        .tag("reason", "INVALID_INPUT")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("mlops.inference.compute").functionTimer().count())
                .isEqualTo(1);
        assertThat(registry.get("mlops.inference.compute.quantile")
                        .tag("quantile", "0.99")
                        .timeGauge()
                        .value(TimeUnit.NANOSECONDS))
                .isCloseTo((double) metrics.snapshot().computeNanos().p99(), Percentage.withPercentage(0.001));
        assertThat(registry.get("mlops.inference.batch.rows").gauge().value()).isEqualTo(3);
    }
}
