package dev.mlops.jdbc;

import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.spi.metadata.IdempotencyRepository;
import java.util.Optional;

/** Idempotency keys. */
final class JdbcIdempotency implements IdempotencyRepository {
    private final Session session;

    JdbcIdempotency(Session session) {
        this.session = session;
    }

    @Override
    public Optional<Entry> find(String scope, String kind, String key) {
        session.lockName("idempotency key " + scope + " " + kind + " " + key);
        return session.query("""
                SELECT * FROM idempotency WHERE scope = :scope AND kind = :kind AND idempotency_key = :key
                """)
                .bind("scope", scope)
                .bind("kind", kind)
                .bind("key", key)
                .map(Row.mapper(row -> new Entry(
                        row.text("scope"),
                        row.text("kind"),
                        row.text("idempotency_key"),
                        row.text("fingerprint"),
                        row.text("resource_id"),
                        row.time("created_at"))))
                .findOne();
    }

    @Override
    public void insert(Entry entry) {
        int inserted = session.update("""
                INSERT INTO idempotency (scope, kind, idempotency_key, fingerprint, resource_id, created_at)
                VALUES (:scope, :kind, :key, :fingerprint, :resourceId, :at)
                ON CONFLICT DO NOTHING
                """)
                .bind("scope", entry.scope())
                .bind("kind", entry.kind())
                .bind("key", entry.key())
                .bind("fingerprint", entry.fingerprint())
                .bind("resourceId", entry.resourceId())
                .bind("at", entry.at().toEpochMilli())
                .execute();
        if (inserted == 0) {
            throw new AlreadyExistsException("Idempotency key '%s' for a %s is in %s already"
                    .formatted(entry.key(), entry.kind(), entry.scope()));
        }
    }
}
