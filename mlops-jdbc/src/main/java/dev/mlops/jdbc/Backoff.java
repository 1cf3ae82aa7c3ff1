package dev.mlops.jdbc;

import dev.mlops.api.error.CancelledException;
import java.util.concurrent.ThreadLocalRandom;

/** Pauses between tries: random, up to twice as long each time, at most a quarter of a second. */
final class Backoff {
    private static final int MAX_MILLIS = 250;

    private Backoff() {}

    static void pause(int attempt) {
        int bound = Math.min(MAX_MILLIS, 2 << Math.min(attempt, 10));
        try {
            Thread.sleep(1 + ThreadLocalRandom.current().nextInt(bound));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException("Interrupted while waiting to try again; nothing was changed", e);
        }
    }
}
