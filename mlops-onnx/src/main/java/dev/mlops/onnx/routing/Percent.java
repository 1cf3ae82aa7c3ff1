package dev.mlops.onnx.routing;

import dev.mlops.api.error.InvalidInputException;
import java.util.concurrent.ThreadLocalRandom;

/** Shares of calls. */
final class Percent {
    /** All calls. */
    static final int WHOLE = 100;

    private Percent() {}

    static int checked(int share) {
        if (share < 1 || share > WHOLE) {
            throw new InvalidInputException("percent", share, "must be 1 to " + WHOLE);
        }
        return share;
    }

    /** From 0 to 99, each as often as another. */
    static int draw() {
        return ThreadLocalRandom.current().nextInt(WHOLE);
    }
}
