package dev.mlops.api.dataset;

import dev.mlops.api.content.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * One file of a version.
 *
 * @param path its path, with {@code /}
 * @param size bytes
 * @param sha256 the digest of its bytes
 * @param mediaType such as {@code image/png}; {@code application/octet-stream} when not known
 * @param split the split that it is in, or null
 */
public record FileEntry(
        String path,
        long size,
        Sha256 sha256,
        String mediaType,
        @Nullable String split) {
    @Override
    public String toString() {
        return "%s (%d bytes, %s)".formatted(path, size, mediaType);
    }
}
