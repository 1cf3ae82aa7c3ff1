package dev.mlops.jdbc;

import dev.mlops.api.error.InvalidInputException;
import java.time.Duration;

/** Checks of options. */
final class Limits {
    private Limits() {}

    static Duration timeout(String field, Duration timeout) {
        if (timeout.toMillis() < 1 || timeout.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new InvalidInputException(field, timeout, "must be 1 ms to 10 minutes");
        }
        return timeout;
    }
}
