package dev.mlops.onnx.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
            slots.run(() -> count(done), reason -> {});
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
            slots.run(() -> await(release), reason -> {});
        }
        for (int i = 0; i < 3; i++) {
            slots.run(late::incrementAndGet, reason -> refused.countDown());
        }

        refused.await();
        release.countDown();
        slots(Duration.ofHours(1)).run(after::countDown, reason -> {});
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
            slots.run(() -> {}, reason -> refused.incrementAndGet());
        }

        assertThat(refused).hasValue(5);
    }

    @Test
    void nothingBeginsOnceTheyAreClosed() throws Exception {
        RunSlots slots = slots(Duration.ofHours(1));
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch began = new CountDownLatch(2);
        CountDownLatch ended = new CountDownLatch(2);
        List<String> reasons = new CopyOnWriteArrayList<>();
        AtomicInteger late = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            slots.run(
                    () -> {
                        began.countDown();
                        await(release);
                        ended.countDown();
                    },
                    reason -> {});
        }
        slots.run(late::incrementAndGet, reasons::add);
        began.await();

        slots.close();
        assertThat(reasons).containsExactly("the server is closed");
        slots.run(late::incrementAndGet, reasons::add);
        assertThat(reasons).hasSize(2);

        release.countDown();
        ended.await();
        CountDownLatch refused = new CountDownLatch(1);
        slots.run(late::incrementAndGet, reason -> refused.countDown());
        refused.await();
        assertThat(late).hasValue(0);
    }

    private RunSlots slots(Duration patience) {
        return new RunSlots(
                ServingLimits.builder().concurrency(2).queueTimeout(patience).build(), threads);
    }
}
