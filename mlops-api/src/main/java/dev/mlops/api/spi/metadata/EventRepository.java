package dev.mlops.api.spi.metadata;

import dev.mlops.api.access.Principal;
import dev.mlops.api.event.Event;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events. Cursors are made by the store: text that orders events as they became visible. An event is not given while a
 * transaction that could still add an earlier one is under way, so that a reader who keeps a cursor misses none.
 */
public interface EventRepository {
    /** Appends an event; its {@link Event#cursor()} is not kept. */
    void append(Event event);

    /**
     * The next events after a cursor, oldest first.
     *
     * @param projectId the project, or null for all
     * @param viewer who must have {@code read} on the asset of each
     * @param cursor a cursor, or an empty text for the start
     */
    List<Event> after(@Nullable String projectId, Principal viewer, String cursor, int limit);

    /** The cursor of the newest event that can be given, of whatever project and asset; an empty text if there is none. */
    String latest();
}
