package dev.mlops.api;

import dev.mlops.api.access.Principal;
import dev.mlops.api.content.Storage;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.event.EventLog;
import dev.mlops.api.project.Projects;

/**
 * The entry point: everything that one principal can reach in one backend. Thread-safe; make one for the whole program.
 *
 * <pre>{@code
 * try (Mlops mlops = EmbeddedMlops.open(Path.of("mlops-data"))) {
 *     Project digits = mlops.projects().openOrCreate("digits");
 *     …
 * }
 * }</pre>
 */
public interface Mlops extends AutoCloseable {
    /** The projects. */
    Projects projects();

    /** What happened in all projects that the caller may read. */
    EventLog events();

    /** The upkeep of the bytes below all projects; for the system's owner only. */
    Storage storage();

    /** Who calls. */
    Principal principal();

    /**
     * The same backend, called by somebody else. Closing the view does nothing: it shares what this one opened and ends
     * with it.
     */
    Mlops as(Principal principal);

    /**
     * Ends background work (buffered metrics are flushed, subscriptions end) and closes what was opened for this
     * object, not what the host handed over. Idempotent; takes at most some seconds. Calls after it throw {@link
     * UnavailableException}.
     */
    @Override
    void close();
}
