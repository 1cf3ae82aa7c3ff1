package dev.mlops.onnx.testing;

import java.util.concurrent.CountDownLatch;

/** Waits in functions that may throw nothing checked. */
public final class Latches {
    private Latches() {}

    /** Waits until the latch is open. */
    public static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
