package dev.mlops.core.context;

import java.nio.file.Path;
import java.util.concurrent.Executor;

/**
 * What long calls work with.
 *
 * @param workers runs their parallel parts
 * @param parallelism how many threads a call may keep busy, its own among them
 * @param cache a directory for what may be lost
 */
public record Workplace(Executor workers, int parallelism, Path cache) {
    /** A directory for temporary files. */
    public Path staging() {
        return cache.resolve("staging");
    }

    /** A directory for what is known of files that were published. */
    public Path stats() {
        return cache.resolve("stat");
    }
}
