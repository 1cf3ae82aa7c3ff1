package dev.mlops.onnx.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RunSlotsTest {
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void neverRunsMoreThanThereIsRoomForAndLosesNothing() throws Exception {
        RunSlots slots = slots(Duration.ofHours(1));
        int count = 10_000;
        CountDownLatch done = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            slots.run(() -> count(done), () -> {});
        }

        done.await();
        assertThat(most.get()).isBetween(1, 2);
    }

    private void count(CountDownLatch done) {
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        running.decrementAndGet();
        done.countDown();
    }

    @Test
    void whatFindsNoRoomInTimeIsRefusedAndNeverRun() throws Exception {
        RunSlots slots = slots(Duration.ofMillis(1));
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch refused = new CountDownLatch(3);
        CountDownLatch after = new CountDownLatch(1);
        AtomicInteger late = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            slots.run(() -> await(release), () -> {});
        }
        for (int i = 0; i < 3; i++) {
            slots.run(late::incrementAndGet, refused::countDown);
        }

        refused.await();
        release.countDown();
        slots(Duration.ofHours(1)).run(after::countDown, () -> {});
        after.await();
        assertThat(late).hasValue(0);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void refusesOnceItsThreadsAreGone() {
        threads.shutdown();
        AtomicInteger refused = new AtomicInteger();
        RunSlots slots = slots(Duration.ZERO);
        for (int i = 0; i < 5; i++) {
            slots.run(() -> {}, refused::incrementAndGet);
        }

        assertThat(refused).hasValue(5);
    }

    private RunSlots slots(Duration patience) {
        return new RunSlots(
                ServingLimits.builder().concurrency(2).queueTimeout(patience).build(), threads);
    }
}
