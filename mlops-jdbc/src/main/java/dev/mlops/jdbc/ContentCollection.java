package dev.mlops.jdbc;

import dev.mlops.api.spi.metadata.ContentRepository.PackRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** Finding the packs that nobody needs, and letting them die. */
final class ContentCollection {
    /** No owner uses a pack, no session protects it, and it mends no other. */
    private static final String NOBODY_NEEDS = """
            NOT EXISTS (SELECT 1 FROM content_use AS used WHERE used.pack = content_pack.sequence)
            AND NOT EXISTS (SELECT 1 FROM content_session_pack AS made WHERE made.pack = content_pack.sequence)
            AND NOT EXISTS (SELECT 1 FROM content_damage AS damage
                              JOIN content_pack AS hurt ON hurt.sequence = damage.pack
                             WHERE damage.mended_by = content_pack.sequence AND hurt.state <> 'DEAD')
            """;
    /** As above, as if {@link #dropUnneededUses} had been called. */
    private static final String NOBODY_WILL_NEED = """
            NOT EXISTS (SELECT 1 FROM content_use AS used
                         WHERE used.pack = content_pack.sequence
                           AND used.owner NOT IN (SELECT number FROM content_gone_owner))
            AND NOT EXISTS (SELECT 1 FROM content_session_pack AS made
                              JOIN content_session AS session ON session.id = made.session_id
                             WHERE made.pack = content_pack.sequence AND session.seen_at > <now> - :timeout)
            AND NOT EXISTS (SELECT 1 FROM content_damage AS damage
                              JOIN content_pack AS hurt ON hurt.sequence = damage.pack
                             WHERE damage.mended_by = content_pack.sequence AND hurt.state <> 'DEAD')
            """;

    private final Session session;

    ContentCollection(Session session) {
        this.session = session;
    }

    int dropUnneededUses(Duration sessionTimeout) {
        int owners = session.update("DELETE FROM content_owner WHERE number IN (SELECT number FROM content_gone_owner)")
                .execute();
        int sessions = session.update("DELETE FROM content_session WHERE seen_at <= <now> - :timeout")
                .bind("timeout", sessionTimeout.toMillis())
                .execute();
        return owners + sessions;
    }

    List<PackRecord> unneeded(Duration sessionTimeout) {
        return session.query(ContentPacks.SELECT + "WHERE state = 'LIVE' AND " + NOBODY_WILL_NEED + "ORDER BY sequence")
                .bind("timeout", sessionTimeout.toMillis())
                .map(ContentPacks.PACK)
                .list();
    }

    List<PackRecord> doomed(Duration grace, Duration sessionTimeout) {
        return session.query(ContentPacks.SELECT + """
                WHERE state = 'DEAD' OR state = 'CONDEMNED' AND condemned_at <= <now> - :grace AND
                """ + NOBODY_WILL_NEED + "ORDER BY sequence")
                .bind("grace", grace.toMillis())
                .bind("timeout", sessionTimeout.toMillis())
                .map(ContentPacks.PACK)
                .list();
    }

    List<PackRecord> condemn() {
        ContentUses.lockAll(session);
        session.update("""
                UPDATE content_pack SET state = 'LIVE', condemned_at = NULL
                 WHERE state = 'CONDEMNED' AND NOT (
                """ + NOBODY_NEEDS + ")").execute();
        return session.change(
                        "UPDATE content_pack SET state = 'CONDEMNED', condemned_at = <now> WHERE state = 'LIVE' AND "
                                + NOBODY_NEEDS + """
                        RETURNING sequence, id, bytes, state,
                                  CASE WHEN index_number IS NULL THEN 0 ELSE 1 END AS is_indexed
                        """)
                .map(ContentPacks.PACK)
                .list();
    }

    List<PackRecord> bury(Duration grace, int limit) {
        ContentUses.lockAll(session);
        session.update("""
                UPDATE content_pack SET state = 'DEAD'
                 WHERE state = 'CONDEMNED' AND condemned_at <= <now> - :grace AND
                """ + NOBODY_NEEDS).bind("grace", grace.toMillis()).execute();
        return session.query(ContentPacks.SELECT + "WHERE state = 'DEAD' ORDER BY sequence LIMIT :limit")
                .bind("limit", limit)
                .map(ContentPacks.PACK)
                .list();
    }

    void forget(Collection<String> packIds) {
        session.update("DELETE FROM content_pack WHERE id IN <ids> AND state = 'DEAD'")
                .bind("ids", Json.array(packIds))
                .execute();
    }
}
