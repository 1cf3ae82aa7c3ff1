package dev.mlops.onnx.serving;

import dev.mlops.api.error.InvalidInputException;
import java.time.Duration;

/**
 * What a server of models accepts.
 *
 * @param maxRequestBytes the longest body of an inference request, 1 or more
 * @param concurrency how many inferences go on at once, 1 or more
 * @param queueTimeout how long further ones wait before they are answered with 503
 */
public record ServingLimits(int maxRequestBytes, int concurrency, Duration queueTimeout) {
    /** 16 MiB, as many inferences as there are processors, 1 second. */
    public static final ServingLimits DEFAULT =
            new ServingLimits(16 << 20, Runtime.getRuntime().availableProcessors(), Duration.ofSeconds(1));

    /** Checks the limits. */
    public ServingLimits {
        check("maxRequestBytes", maxRequestBytes);
        check("concurrency", concurrency);
        if (queueTimeout.isNegative()) {
            throw new InvalidInputException("queueTimeout", queueTimeout, "must not be negative");
        }
    }

    private static void check(String field, int value) {
        if (value < 1 || value == Integer.MAX_VALUE) {
            throw new InvalidInputException(field, value, "must be 1 or more, and less than " + Integer.MAX_VALUE);
        }
    }
}
