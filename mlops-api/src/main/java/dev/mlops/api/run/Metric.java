package dev.mlops.api.run;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.ResourceName;
import java.time.Instant;

/**
 * One point of a metric.
 *
 * @param key its name, 1 to 250 characters of {@code [/\w.\- :]}
 * @param value any double; NaN and the infinities are kept as they are, -0.0 becomes 0.0
 * @param step the step, such as the epoch; may be negative; 0 when there are none
 * @param timestamp when it was measured, not before 1970; kept to the millisecond
 */
public record Metric(String key, double value, long step, Instant timestamp) {
    /** Checks the key and the timestamp. */
    public Metric {
        ResourceName.checkKey("metric key", key);
        if (timestamp.isBefore(Instant.EPOCH)) {
            throw new InvalidInputException("timestamp of metric " + key, timestamp, "must not be before 1970");
        }
        timestamp = Instant.ofEpochMilli(timestamp.toEpochMilli());
        value = value + 0.0;
    }

    @Override
    public String toString() {
        return "%s=%s (step %d)".formatted(key, value, step);
    }
}
