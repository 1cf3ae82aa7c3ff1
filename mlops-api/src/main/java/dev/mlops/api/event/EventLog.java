package dev.mlops.api.event;

import dev.mlops.api.page.Listing;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What happened, in the order of commits, as far as the caller may read the assets concerned. Appended in the same
 * transaction as the change, so that there is no change without its event and no event without its change. Thread-safe.
 */
public interface EventLog {
    /** The value of a cursor before the first event. */
    String START = "";

    /** All events, oldest first. */
    Listing<Event> list();

    /**
     * The next events after a cursor, oldest first, at most {@code limit} (1 to 10,000); empty when there are none yet.
     * A reader that keeps the last event's cursor misses none and gets none twice, whoever writes at the same time.
     *
     * @param cursor {@link #START} or the cursor of an event
     */
    List<Event> after(String cursor, int limit);

    /** The cursor of the newest event, or {@link #START}: where to begin to see only what happens from now on. */
    String latest();

    /**
     * Calls a listener for each event after a cursor, in order, from one background thread, until the subscription or
     * the SDK is closed. Changes made by this process are told at once, those of others within about a second. A
     * listener that throws gets the same event again after a pause: events are delivered at least once.
     *
     * @param cursor where to begin, or null for from now on
     */
    Subscription subscribe(@Nullable String cursor, Consumer<? super Event> listener);

    /** A running subscription. */
    interface Subscription extends AutoCloseable {
        /** The cursor of the last event that the listener has taken without an exception. */
        String cursor();

        /** Ends the subscription; waits shortly for a listener that is at work, unless it is the caller. Idempotent. */
        @Override
        void close();
    }
}
