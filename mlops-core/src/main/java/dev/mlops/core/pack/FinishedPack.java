package dev.mlops.core.pack;

import dev.mlops.api.spi.object.ObjectBody;
import java.util.List;

/**
 * A pack that is ready to be stored.
 *
 * @param id the SHA-256 of its footer, 64 lower-case hexadecimal digits
 * @param body its bytes, which lie in the builder's buffer: to be stored before the builder is reset
 * @param bytes how many there are
 * @param entries its blobs, in the order of their offsets; stays good when the builder is reset
 */
public record FinishedPack(String id, ObjectBody body, int bytes, List<PackEntry> entries) {}
