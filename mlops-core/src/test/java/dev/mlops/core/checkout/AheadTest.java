package dev.mlops.core.checkout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.CancelledException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AheadTest {
    @Test
    void piecesOfWorkRunOneAfterTheOther() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        try (Ahead ahead = new Ahead("test")) {
            for (int i = 0; i < 100; i++) {
                ahead.run(() -> {
                    assertThat(running.incrementAndGet()).isEqualTo(1);
                    done.incrementAndGet();
                    running.decrementAndGet();
                });
            }
            ahead.finish();
        }
        assertThat(done).hasValue(100);
    }

    @Test
    void aFailureIsThrownByTheNextCall() {
        try (Ahead ahead = new Ahead("test")) {
            ahead.run(() -> {
                throw new IllegalStateException("broken");
            });
            assertThatThrownBy(() -> ahead.run(() -> {})).hasMessage("broken");
        }
    }

    @Test
    void closingEndsTheWorkAndWaitsForIt() {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean isOver = new AtomicBoolean();
        assertThatThrownBy(() -> {
                    try (Ahead ahead = new Ahead("test")) {
                        ahead.run(() -> {
                            try {
                                begun.countDown();
                                while (true) {
                                    ahead.check();
                                    Thread.onSpinWait();
                                }
                            } finally {
                                isOver.set(true);
                            }
                        });
                        begun.await();
                        throw new IllegalStateException("the other side failed");
                    }
                })
                .hasMessage("the other side failed");
        assertThat(isOver).isTrue();
    }

    @Test
    void whoWaitsCanBeInterrupted() {
        CountDownLatch begun = new CountDownLatch(1);
        try (Ahead ahead = new Ahead("test")) {
            ahead.run(() -> {
                begun.countDown();
                while (true) {
                    ahead.check();
                    Thread.onSpinWait();
                }
            });
            Thread.currentThread().interrupt();
            assertThatThrownBy(ahead::finish).isInstanceOf(CancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
