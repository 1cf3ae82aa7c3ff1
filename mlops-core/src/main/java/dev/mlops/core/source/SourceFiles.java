package dev.mlops.core.source;

import java.io.IOException;
import java.util.Iterator;

/** Files as they are found one after the other. Confined to one thread at a time. */
public interface SourceFiles extends Iterator<SourceFile>, AutoCloseable {
    /** In which order they come. */
    enum Order {
        /** By path, as a manifest has them, each path once and none colliding with another. */
        BY_PATH,
        /** In any order, but each path once and none colliding with another. */
        DISTINCT,
        /** In any order, and nobody has looked for paths that come twice or collide. */
        ANY
    }

    /** In which order they come. */
    Order order();

    /** Closes what was opened to find them; their bytes can then not be read any more. Idempotent. */
    @Override
    default void close() throws IOException {}
}
