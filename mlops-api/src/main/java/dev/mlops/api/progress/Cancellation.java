package dev.mlops.api.progress;

import dev.mlops.api.error.CancelledException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A switch that ends a long call: give it to the call and {@link #cancel()} it from any thread. The call then throws
 * {@link CancelledException} soon and leaves the state from before it. Thread-safe; cannot be reset.
 */
public final class Cancellation {
    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final Set<Registration> registrations = ConcurrentHashMap.newKeySet();

    /** Asks the call to end; further calls do nothing. */
    public void cancel() {
        if (cancelled.compareAndSet(false, true)) {
            registrations.forEach(Registration::run);
        }
    }

    /**
     * For the one who does the work and cannot look now and then: has {@code action} run once when this is cancelled, by
     * the thread that does that, or at once if it is cancelled already. It should be short and throw nothing.
     */
    public Registration onCancel(Runnable action) {
        Registration registration = new Registration(this, action);
        registrations.add(registration);
        if (cancelled.get()) {
            registration.run();
        }
        return registration;
    }

    /** An action of {@link #onCancel}, to be closed when the work is done. */
    public static final class Registration implements AutoCloseable {
        private final Cancellation cancellation;
        private final AtomicReference<Runnable> action;

        private Registration(Cancellation cancellation, Runnable action) {
            this.cancellation = cancellation;
            this.action = new AtomicReference<>(action);
        }

        private void run() {
            action.getAndSet(() -> {}).run();
        }

        /** Lets the action be, unless it runs already. */
        @Override
        public void close() {
            cancellation.registrations.remove(this);
        }
    }

    /** True after {@link #cancel()}. */
    public boolean isCancelled() {
        return cancelled.get();
    }

    /**
     * For the one who does the work: throws if the work should end.
     *
     * @param what the work, for the message, such as {@code publish of data set 'digits'}
     * @throws CancelledException if this was cancelled or the current thread is interrupted (which stays so)
     */
    public void check(String what) {
        if (cancelled.get()) {
            throw new CancelledException(what + " was cancelled");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new CancelledException(what + " was interrupted");
        }
    }
}
