package dev.mlops.jdbc;

import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.spi.metadata.ContentRepository.PackRecord;
import dev.mlops.api.spi.metadata.ContentRepository.PackState;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.mapper.RowMapper;

/** Packs, and the sessions that make them. */
final class ContentPacks {
    static final RowMapper<PackRecord> PACK = Row.mapper(ContentPacks::pack);

    /** To be followed by a condition on {@code content_pack}. */
    static final String SELECT = """
            SELECT sequence, id, bytes, state, CASE WHEN index_number IS NULL THEN 0 ELSE 1 END AS is_indexed
              FROM content_pack
            """;

    private final Session session;

    ContentPacks(Session session) {
        this.session = session;
    }

    void register(String sessionId, String packId, long bytes) {
        // One after the other until the commit, so that no pack appears behind the sequence that a reader has reached.
        session.lockName("content sequence");
        long pack = session.change("""
                INSERT INTO content_pack (id, bytes, state) VALUES (:id, :bytes, 'LIVE')
                ON CONFLICT (id) DO NOTHING RETURNING sequence
                """)
                .bind("id", packId)
                .bind("bytes", bytes)
                .mapTo(Long.class)
                .findOne()
                .orElseThrow(() -> new AlreadyExistsException(
                        "Pack '%s' is registered already; write a new one with another id".formatted(packId)));
        session.update("""
                INSERT INTO content_session (id, seen_at) VALUES (:id, <now>)
                ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
                """).bind("id", sessionId).execute();
        session.update("INSERT INTO content_session_pack (session_id, pack) VALUES (:session, :pack)")
                .bind("session", sessionId)
                .bind("pack", pack)
                .execute();
    }

    void touchSession(String sessionId) {
        session.update("UPDATE content_session SET seen_at = <now> WHERE id = :id")
                .bind("id", sessionId)
                .execute();
    }

    void endSession(String sessionId) {
        session.update("DELETE FROM content_session WHERE id = :id")
                .bind("id", sessionId)
                .execute();
    }

    List<PackRecord> after(long sequence, int limit) {
        return session.query(SELECT + "WHERE sequence > :sequence AND state <> 'DEAD' ORDER BY sequence LIMIT :limit")
                .bind("sequence", sequence)
                .bind("limit", limit)
                .map(PACK)
                .list();
    }

    Set<String> existing(Collection<String> packIds) {
        return packIds.isEmpty()
                ? Set.of()
                : new LinkedHashSet<>(session.query(
                                "SELECT id FROM content_pack WHERE id IN <ids> AND state <> 'DEAD' ORDER BY sequence")
                        .bind("ids", Json.array(packIds))
                        .mapTo(String.class)
                        .list());
    }

    private static PackRecord pack(Row row) throws SQLException {
        return new PackRecord(
                row.number("sequence"),
                row.text("id"),
                row.number("bytes"),
                row.constant("state", PackState.class),
                row.isTrue("is_indexed"));
    }
}
