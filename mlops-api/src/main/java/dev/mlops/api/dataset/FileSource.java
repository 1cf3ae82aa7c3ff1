package dev.mlops.api.dataset;

import dev.mlops.api.name.RelativePath;
import dev.mlops.api.spi.object.ObjectBody;

/**
 * A file to publish that need not lie in a directory.
 *
 * @param path its path in the version, with {@code /}
 * @param body its bytes
 */
public record FileSource(String path, ObjectBody body) {
    /** Checks the path. */
    public FileSource {
        RelativePath.check("file path", path);
    }

    /** A file whose bytes are in memory. */
    public static FileSource of(String path, byte[] bytes) {
        return new FileSource(path, ObjectBody.of(bytes));
    }
}
