package dev.mlops.api.run;

import dev.mlops.api.content.Sha256;
import java.time.Instant;

/**
 * A file that a run kept.
 *
 * @param path its path inside the run, with {@code /}
 * @param size bytes
 * @param sha256 the digest of its bytes
 * @param mediaType such as {@code image/png}
 * @param createdAt when it was stored
 */
public record Artifact(String path, long size, Sha256 sha256, String mediaType, Instant createdAt) {
    @Override
    public String toString() {
        return "%s (%d bytes)".formatted(path, size);
    }
}
