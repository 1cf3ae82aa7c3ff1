package dev.mlops.onnx.serving;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the bytes of bodies that are held at once, over all connections. Thread-safe. */
final class HeldBytes {
    private final long most;
    private final AtomicLong held = new AtomicLong();

    HeldBytes(long most) {
        this.most = most;
    }

    /** The part of one exchange, which holds nothing yet. */
    Share share() {
        return new Share();
    }

    /** How many are held. */
    long count() {
        return held.get();
    }

    /** What one exchange holds. Thread-safe. */
    final class Share implements AutoCloseable {
        private long bytes;
        private boolean isClosed;

        private Share() {}

        /** Holds so many more; false, and holds no more, if there is no room for them. */
        synchronized boolean grow(long more) {
            if (isClosed) {
                return false;
            }
            if (held.addAndGet(more) > most) {
                held.addAndGet(-more);
                return false;
            }
            bytes += more;
            return true;
        }

        /** Holds so many in place of those before, whether there is room or not. */
        synchronized void become(long now) {
            if (!isClosed) {
                held.addAndGet(now - bytes);
                bytes = now;
            }
        }

        /** Holds nothing from now on. Idempotent. */
        @Override
        public synchronized void close() {
            become(0);
            isClosed = true;
        }
    }
}
