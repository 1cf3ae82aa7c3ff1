package dev.mlops.core.context;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.spi.metadata.IdempotencyRepository.Entry;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes things once per key. */
public final class Idempotency {
    private Idempotency() {}

    /**
     * Makes a thing once per key.
     *
     * @param scope where the key holds: a project's id, or {@code principal:<name>}
     * @return the id of the thing made now or before
     * @throws ConflictException if the key came before with other arguments
     */
    public static String once(
            MetadataTransaction tx,
            String scope,
            Optional<IdempotencyKey> key,
            String kind,
            String arguments,
            Instant now,
            Supplier<String> create) {
        if (key.isEmpty()) {
            return create.get();
        }
        Optional<Entry> before = find(tx, scope, key.get(), kind, arguments);
        if (before.isPresent()) {
            return before.get().resourceId();
        }
        String id = create.get();
        tx.idempotency().insert(new Entry(scope, kind, key.get().value(), fingerprint(arguments), id, now));
        return id;
    }

    static Optional<Entry> find(
            MetadataTransaction tx, String scope, IdempotencyKey key, String kind, String arguments) {
        Optional<Entry> before = tx.idempotency().find(scope, kind, key.value());
        if (before.isPresent() && !before.get().fingerprint().equals(fingerprint(arguments))) {
            throw new ConflictException("idempotency key '%s' was used for another %s at %s; choose another key"
                    .formatted(key, kind, before.get().at()));
        }
        return before;
    }

    private static String fingerprint(String arguments) {
        return Sha256.of(arguments.getBytes(StandardCharsets.UTF_8)).hex();
    }
}
