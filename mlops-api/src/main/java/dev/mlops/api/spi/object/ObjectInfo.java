package dev.mlops.api.spi.object;

import java.time.Instant;

/**
 * An object as a listing shows it.
 *
 * @param key the key
 * @param size bytes
 * @param createdAt when the backend says that it was made
 */
public record ObjectInfo(String key, long size, Instant createdAt) {}
