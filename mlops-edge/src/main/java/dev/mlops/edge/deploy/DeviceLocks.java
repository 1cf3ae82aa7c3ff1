package dev.mlops.edge.deploy;

import dev.mlops.api.edge.Device;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.progress.Cancellation;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Lets calls of this deployer for one device run one after the other. */
final class DeviceLocks {
    private static final long PATIENCE_MILLIS = 100;

    private final ConcurrentMap<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    <T> T locked(Device device, Cancellation cancellation, Supplier<T> work) {
        ReentrantLock lock = locks.computeIfAbsent(device.id(), id -> new ReentrantLock(true));
        acquire(lock, device, cancellation);
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    private static void acquire(ReentrantLock lock, Device device, Cancellation cancellation) {
        String what = "waiting for device '" + device.name() + "'";
        try {
            do {
                cancellation.check(what);
            } while (!lock.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException(what + " was interrupted", e);
        }
    }
}
