package dev.mlops.edge.deploy;

import dev.mlops.api.error.CancelledException;
import java.time.Duration;

/** Waits in steps that a cancellation ends. */
final class Pause {
    private Pause() {}

    static void of(Duration duration, String what) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException(what + " was interrupted", e);
        }
    }
}
