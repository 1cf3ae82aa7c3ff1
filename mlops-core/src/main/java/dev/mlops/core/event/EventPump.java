package dev.mlops.core.event;

import dev.mlops.api.error.MlopsException;
import dev.mlops.api.event.Event;
import dev.mlops.api.event.EventLog.Subscription;
import dev.mlops.core.context.CommitSignal;
import dev.mlops.core.context.StoreContext;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads events in a thread of its own and hands them to a listener, in order, each until the listener takes it. */
final class EventPump implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(EventPump.class);
    private static final int BATCH = 500;
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(200);
    private static final long CLOSE_WAIT_MILLIS = 2000;

    private final RecordedEvents events;
    private final CommitSignal commits;
    private final Consumer<? super Event> listener;
    private final Thread thread;
    private volatile String cursor;
    private volatile boolean closed;
    private volatile Runnable deregister = () -> {};

    EventPump(RecordedEvents events, CommitSignal commits, String cursor, Consumer<? super Event> listener) {
        this.events = events;
        this.commits = commits;
        this.cursor = cursor;
        this.listener = listener;
        this.thread = new Thread(this::run, "mlops-events");
        this.thread.setDaemon(true);
    }

    void start(StoreContext store) {
        deregister = store.closeWithStore(this);
        thread.start();
    }

    @Override
    public String cursor() {
        return cursor;
    }

    @Override
    public void close() {
        closed = true;
        deregister.run();
        if (Thread.currentThread() == thread) {
            return;
        }
        thread.interrupt();
        try {
            thread.join(CLOSE_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        boolean warned = false;
        while (!closed) {
            long seen = commits.commits();
            try {
                if (!deliver()) {
                    commits.await(seen, POLL);
                }
                warned = false;
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (closed) {
                    return;
                }
                warned = report(e, warned);
                pause();
            }
        }
    }

    private boolean report(RuntimeException e, boolean warned) {
        String who = e instanceof MlopsException
                ? "events after '{}' cannot be read or taken: {}"
                : "listener failed on the event after '{}': {}";
        if (warned) {
            LOG.debug(who, cursor, e.toString());
        } else {
            LOG.warn(who + "; trying again", cursor, e.toString(), e);
        }
        return true;
    }

    private boolean deliver() {
        List<Event> batch = events.after(cursor, BATCH);
        for (Event event : batch) {
            if (closed) {
                return true;
            }
            listener.accept(event);
            cursor = event.cursor();
        }
        return !batch.isEmpty();
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
