package dev.mlops.core.event;

import dev.mlops.api.access.Principal;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.event.Event;
import dev.mlops.api.event.EventLog;
import dev.mlops.api.page.Listing;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.core.context.StoreContext;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The event log of one project or of all, over the metadata store. Thread-safe. */
public final class RecordedEvents implements EventLog {
    private final StoreContext store;
    private final Principal viewer;
    private final @Nullable String projectId;

    /**
     * Makes the view of one caller.
     *
     * @param projectId the project, or null for all
     */
    public RecordedEvents(StoreContext store, Principal viewer, @Nullable String projectId) {
        this.store = store;
        this.viewer = viewer;
        this.projectId = projectId;
    }

    @Override
    public Listing<Event> list() {
        return Listing.of(request -> {
            String token = request.token();
            List<Event> events = after(token == null ? START : token, request.limit());
            boolean last = events.size() < request.limit();
            return new Page<>(
                    events,
                    last
                            ? Optional.empty()
                            : Optional.of(events.get(events.size() - 1).cursor()));
        });
    }

    @Override
    public List<Event> after(String cursor, int limit) {
        if (limit < 1 || limit > PageRequest.MAX_LIMIT) {
            throw new InvalidInputException("limit", limit, "must be 1 to " + PageRequest.MAX_LIMIT);
        }
        return store.read(tx -> tx.events().after(projectId, viewer, cursor, limit));
    }

    @Override
    public String latest() {
        return store.read(tx -> tx.events().latest());
    }

    @Override
    public Subscription subscribe(@Nullable String cursor, Consumer<? super Event> listener) {
        EventPump pump = new EventPump(this, store.commits(), cursor == null ? latest() : cursor, listener);
        pump.start(store);
        return pump;
    }
}
