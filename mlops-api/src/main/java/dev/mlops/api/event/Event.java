package dev.mlops.api.event;

import dev.mlops.api.access.Asset;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One change, recorded in the transaction that made it.
 *
 * @param cursor its place in the log: opaque text that {@link EventLog#after} takes
 * @param projectId the project
 * @param at when, by the clock of the process that made the change
 * @param principal who
 * @param kind what
 * @param asset the asset on which grants are checked
 * @param subject what it happened to, in words, such as {@code model version digits:3}
 * @param before a JSON object of what was, or null when there was nothing
 * @param after a JSON object of what is, or null when nothing is left
 */
public record Event(
        String cursor,
        String projectId,
        Instant at,
        String principal,
        EventKind kind,
        Asset asset,
        String subject,
        @Nullable String before,
        @Nullable String after) {
    /** Such as {@code 2026-11-20T10:00:00Z alice IMPORTED model version digits:3}. */
    @Override
    public String toString() {
        return "%s %s %s %s".formatted(at, principal, kind, subject);
    }
}
