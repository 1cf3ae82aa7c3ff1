package dev.mlops.onnx.batching;

import dev.mlops.api.error.InvalidInputException;
import java.time.Duration;

/** Checks of options that say how long something waits. */
final class Waits {
    /** No wait is longer, so that sums of nanoseconds do not overflow. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private Waits() {}

    static Duration notNegative(String field, Duration value) {
        return inRange(field, value, !value.isNegative(), "0 to");
    }

    static Duration positive(String field, Duration value) {
        return inRange(field, value, !value.isNegative() && !value.isZero(), "positive and at most");
    }

    private static Duration inRange(String field, Duration value, boolean isLongEnough, String range) {
        if (!isLongEnough || value.compareTo(LONGEST) > 0) {
            throw new InvalidInputException(field, value, "must be %s %d days".formatted(range, LONGEST.toDays()));
        }
        return value;
    }
}
