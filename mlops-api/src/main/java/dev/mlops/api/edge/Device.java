package dev.mlops.api.edge;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A device on which models run.
 *
 * @param id its id
 * @param projectId its project
 * @param name its name, unique in the project
 * @param engine the name of the engine that reaches it, as the deployer knows it
 * @param address where the engine is, in words; devices with equal addresses share ports
 * @param description free text, may be empty
 * @param labels key-value pairs of the user
 * @param state where it is in its life
 * @param lastSeenAt when it was reached last, or null
 * @param registeredBy who registered it
 * @param registeredAt when
 */
public record Device(
        String id,
        String projectId,
        String name,
        String engine,
        String address,
        String description,
        Map<String, String> labels,
        DeviceState state,
        @Nullable Instant lastSeenAt,
        String registeredBy,
        Instant registeredAt) {
    /** Copies the labels. */
    public Device {
        labels = Map.copyOf(labels);
    }

    @Override
    public String toString() {
        return name;
    }
}
