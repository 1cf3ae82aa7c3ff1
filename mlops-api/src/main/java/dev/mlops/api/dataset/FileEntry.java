package dev.mlops.api.dataset;

import dev.mlops.api.content.Sha256;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One file of a version.
 *
 * @param path its path, with {@code /}
 * @param kind what it is
 * @param size bytes
 * @param sha256 the digest of its bytes
 * @param mediaType such as {@code image/png}; {@code application/octet-stream} when not known
 * @param split the split that it is in, or null
 * @param modifiedAt when it was last modified, to the millisecond, or null when that was not recorded
 * @param facts what was found inside
 */
public record FileEntry(
        String path,
        FileKind kind,
        long size,
        Sha256 sha256,
        String mediaType,
        @Nullable String split,
        @Nullable Instant modifiedAt,
        MediaFacts facts) {
    /** A regular file of which no more is known. */
    public FileEntry(String path, long size, Sha256 sha256, String mediaType, @Nullable String split) {
        this(path, FileKind.FILE, size, sha256, mediaType, split, null, MediaFacts.NONE);
    }

    /** True if the other has the same kind and bytes, whatever its path, split and time are. */
    public boolean hasSameBytesAs(FileEntry other) {
        return kind == other.kind && sha256.equals(other.sha256);
    }

    @Override
    public String toString() {
        return kind == FileKind.FOLDER ? path + "/" : "%s (%d bytes, %s)".formatted(path, size, mediaType);
    }
}
