package dev.mlops.api.spi.metadata;

import java.time.Instant;
import java.util.Optional;

/** Idempotency keys. */
public interface IdempotencyRepository {
    /** What a key made before; locks the key so that of two transactions with one key the second sees the first's entry. */
    Optional<Entry> find(String scope, String kind, String key);

    /** Keeps what a key made. */
    void insert(Entry entry);

    /**
     * What a key made.
     *
     * @param scope where the key holds: a project's id, or {@code principal:<name>}
     * @param kind what kind of thing was made, such as {@code model}
     * @param key the key
     * @param fingerprint a digest of the arguments
     * @param resourceId the id of what was made
     * @param at when
     */
    record Entry(String scope, String kind, String key, String fingerprint, String resourceId, Instant at) {}
}
