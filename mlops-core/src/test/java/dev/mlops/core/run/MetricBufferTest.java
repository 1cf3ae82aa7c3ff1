package dev.mlops.core.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.run.Metric;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricBufferTest {
    private static final Duration NEVER = Duration.ofDays(1000);

    private final ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor();
    private final List<Metric> stored = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger failures = new AtomicInteger();

    @AfterEach
    void stop() {
        background.shutdownNow();
    }

    private void store(List<Metric> points) {
        if (failures.get() > 0) {
            failures.decrementAndGet();
            throw new UnavailableException("the disk is full");
        }
        stored.addAll(points);
    }

    private MetricBuffer buffer(int capacity, Duration age) {
        return new MetricBuffer(capacity, age, background, this::store);
    }

    private static Metric point(int step) {
        return new Metric("loss", step, step, Instant.EPOCH);
    }

    private static List<Metric> points(int from, int to) {
        return IntStream.range(from, to).mapToObj(MetricBufferTest::point).toList();
    }

    @Test
    void pointsStayWhenTheirWriteFailsAndAreWrittenLater() {
        MetricBuffer buffer = buffer(3, NEVER);
        failures.set(1);
        buffer.add(points(0, 2));
        assertThatThrownBy(() -> buffer.add(points(2, 3))).hasMessage("the disk is full");
        assertThat(stored).isEmpty();
        buffer.flush();

        assertThat(stored).isEqualTo(points(0, 3));
    }

    @Test
    void aFailureInTheBackgroundIsThrownByTheNextCallAndPointsAreWrittenOnceTheStoreIsBack() throws Exception {
        MetricBuffer buffer = buffer(100, Duration.ofMillis(10));
        failures.set(Integer.MAX_VALUE);
        buffer.add(points(0, 2));
        assertThatThrownBy(() -> {
                    while (true) {
                        buffer.add(List.of());
                        Thread.sleep(5);
                    }
                })
                .isInstanceOf(UnavailableException.class);
        failures.set(0);
        for (int wait = 0; wait < 1000 && stored.size() < 2; wait++) {
            Thread.sleep(5);
        }

        assertThat(stored).isEqualTo(points(0, 2));
        assertThatCode(() -> buffer.add(points(2, 3))).doesNotThrowAnyException();
    }

    @Test
    void aBufferThatCannotBeWrittenTakesNoMoreThanItsCapacity() {
        MetricBuffer buffer = buffer(10, NEVER);
        failures.set(Integer.MAX_VALUE);
        buffer.add(points(0, 9));
        for (int i = 9; i < 1000; i++) {
            int step = i;
            assertThatThrownBy(() -> buffer.add(points(step, step + 1))).isInstanceOf(UnavailableException.class);
        }
        failures.set(0);
        buffer.flush();

        assertThat(stored)
                .as("the tenth was taken by the call that could not write it")
                .isEqualTo(points(0, 10));
    }

    @Test
    void writersWaitForASlowStoreInsteadOfFillingTheMemory() throws Exception {
        CountDownLatch storing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        MetricBuffer buffer = new MetricBuffer(10, NEVER, background, points -> {
            storing.countDown();
            await(goOn);
            store(points);
        });
        Thread writer = new Thread(() -> points(0, 1000).forEach(point -> buffer.add(List.of(point))));
        Thread other = new Thread(() -> points(1000, 2000).forEach(point -> buffer.add(List.of(point))));
        writer.start();
        await(storing);
        other.start();
        other.join(200);
        assertThat(other.isAlive()).isTrue();
        assertThat(writer.isAlive()).isTrue();
        goOn.countDown();
        writer.join();
        other.join();
        buffer.flush();

        assertThat(stored).hasSize(2000).containsAll(points(0, 2000));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aLargeBatchIsWrittenInPiecesAndTheRestStaysWhenOneFails() {
        AtomicInteger calls = new AtomicInteger();
        MetricBuffer buffer = new MetricBuffer(100_000, NEVER, background, points -> {
            assertThat(points).hasSizeLessThanOrEqualTo(10_000);
            if (calls.incrementAndGet() == 2) {
                throw new UnavailableException("once");
            }
            store(points);
        });
        buffer.add(points(0, 25_000));
        assertThatThrownBy(buffer::flush).hasMessage("once");
        assertThat(stored).hasSize(10_000);
        buffer.flush();
        assertThat(stored).isEqualTo(points(0, 25_000));
    }

    @Test
    void refusesPointsUntilItIsReopened() {
        MetricBuffer buffer = buffer(10, NEVER);
        buffer.refuse(() -> new ConflictException("ended"));
        assertThatThrownBy(() -> buffer.add(points(0, 1))).hasMessage("ended");
        buffer.reopen();
        buffer.add(points(0, 1));
        buffer.flush();
        assertThat(stored).hasSize(1);
    }

    @Test
    void worksWithoutABackgroundThread() {
        background.shutdownNow();
        MetricBuffer buffer = buffer(10, Duration.ofMillis(1));
        buffer.add(points(0, 3));
        buffer.flush();
        assertThat(stored).hasSize(3);
    }
}
