package dev.mlops.api.dataset;

import dev.mlops.api.error.IntegrityException;
import java.io.InputStream;

/** One file to train on. Confined to one thread at a time; can be used after its {@link Samples} went on or was closed. */
public interface Sample {
    /** The file. */
    FileEntry entry();

    /**
     * Its bytes, verified. Each call gives the same array, which is the caller's own. A file that was too large to be
     * read ahead is read now.
     *
     * @throws IntegrityException if stored bytes are damaged
     */
    byte[] bytes();

    /** A new stream of its bytes, verified; of a file that was too large to be read ahead, straight from the store. */
    InputStream open();
}
