package dev.mlops.core.context;

import java.nio.file.Path;
import java.util.concurrent.Executor;

/**
 * What long calls work with.
 *
 * @param workers runs their parallel parts
 * @param parallelism how many processors a call may keep busy
 * @param cache a directory for what may be lost
 */
public record Workplace(Executor workers, int parallelism, Path cache) {
    /** Disks answer faster when they are asked for more than there are processors. */
    private static final int READERS = 4;

    /** How many threads may read files at a time. */
    public int readers() {
        return READERS * parallelism;
    }

    /** A directory for temporary files. */
    public Path staging() {
        return cache.resolve("staging");
    }

    /** A directory for what is known of files that were published. */
    public Path stats() {
        return cache.resolve("stat");
    }
}
