package dev.mlops.jdbc;

import dev.mlops.api.error.NotFoundException;

/** Counters in rows. The update locks the row until the end; a rollback gives the number back. */
final class Counter {
    private Counter() {}

    /** Runs an {@code UPDATE … WHERE id = :id RETURNING} that counts on. */
    static long next(Session session, String what, String id, String sql) {
        return session.change(sql)
                .bind("id", id)
                .mapTo(Long.class)
                .findOne()
                .orElseThrow(() -> new NotFoundException("No %s has the id '%s'".formatted(what, id)));
    }
}
