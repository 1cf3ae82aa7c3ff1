package dev.mlops.jdbc;

import dev.mlops.api.spi.metadata.ContentRepository.ContentOwner;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who uses which packs. Whoever adds uses shares the lock that collecting and mending take alone: a pack that was not
 * dead when the use was added is therefore not dead at the commit, and what collects next sees the use.
 */
final class ContentUses {
    private static final String LOCK = "content use";

    private final Session session;
    private final ContentPacks packs;

    ContentUses(Session session) {
        this.session = session;
        this.packs = new ContentPacks(session);
    }

    /** Waits for the transactions that add uses, and keeps others from adding any until the end. */
    static void lockAll(Session session) {
        session.lockName(LOCK);
    }

    Set<String> add(ContentOwner owner, Collection<String> packIds) {
        if (packIds.isEmpty()) {
            return Set.of();
        }
        session.shareName(LOCK);
        revive(packIds);
        insert(number(owner), packIds);
        Set<String> missing = new LinkedHashSet<>(packIds);
        missing.removeAll(packs.existing(packIds));
        return missing;
    }

    private void revive(Collection<String> packIds) {
        // Several may revive the same packs at once; in one order, so that they do not lock each other out.
        session.lockRows("""
                SELECT id FROM content_pack WHERE id IN <ids> AND state = 'CONDEMNED' ORDER BY sequence FOR UPDATE
                """, packIds);
        session.update("""
                UPDATE content_pack SET state = 'LIVE', condemned_at = NULL
                 WHERE id IN <ids> AND state = 'CONDEMNED'
                """).bind("ids", Json.array(packIds)).execute();
    }

    private void insert(long owner, Collection<String> packIds) {
        session.update("""
                INSERT INTO content_use (owner, pack)
                SELECT :owner, pack.sequence
                  FROM content_pack AS pack
                 WHERE pack.id IN <ids> AND pack.state = 'LIVE'
                ON CONFLICT DO NOTHING
                """)
                .bind("owner", owner)
                .bind("ids", Json.array(packIds))
                .execute();
        // What was damaged in a pack and is in another one now is used there.
        session.update("""
                INSERT INTO content_use (owner, pack)
                SELECT DISTINCT :owner, damage.mended_by
                  FROM content_pack AS pack
                  JOIN content_damage AS damage ON damage.pack = pack.sequence
                 WHERE pack.id IN <ids> AND pack.state = 'LIVE' AND damage.mended_by IS NOT NULL
                ON CONFLICT DO NOTHING
                """)
                .bind("owner", owner)
                .bind("ids", Json.array(packIds))
                .execute();
    }

    private long number(ContentOwner owner) {
        session.update("INSERT INTO content_owner (kind, id) VALUES (:kind, :id) ON CONFLICT (kind, id) DO NOTHING")
                .bind("kind", owner.kind().name())
                .bind("id", owner.id())
                .execute();
        return session.query("SELECT number FROM content_owner WHERE kind = :kind AND id = :id")
                .bind("kind", owner.kind().name())
                .bind("id", owner.id())
                .mapTo(Long.class)
                .one();
    }

    void copy(ContentOwner from, ContentOwner to) {
        session.shareName(LOCK);
        session.update("""
                INSERT INTO content_use (owner, pack)
                SELECT :to, used.pack
                  FROM content_use AS used
                  JOIN content_owner AS owner ON owner.number = used.owner
                 WHERE owner.kind = :kind AND owner.id = :id
                ON CONFLICT DO NOTHING
                """)
                .bind("to", number(to))
                .bind("kind", from.kind().name())
                .bind("id", from.id())
                .execute();
    }

    Set<String> packsOf(ContentOwner owner) {
        return new LinkedHashSet<>(session.query("""
                SELECT pack.id
                  FROM content_owner AS owner
                  JOIN content_use AS used ON used.owner = owner.number
                  JOIN content_pack AS pack ON pack.sequence = used.pack
                 WHERE owner.kind = :kind AND owner.id = :id
                 ORDER BY pack.sequence
                """)
                .bind("kind", owner.kind().name())
                .bind("id", owner.id())
                .mapTo(String.class)
                .list());
    }

    List<ContentOwner> ownersOf(String packId, int limit) {
        return session.query("""
                SELECT owner.kind, owner.id
                  FROM content_pack AS pack
                  JOIN content_use AS used ON used.pack = pack.sequence
                  JOIN content_owner AS owner ON owner.number = used.owner
                 WHERE pack.id = :id
                 ORDER BY owner.number LIMIT :limit
                """)
                .bind("id", packId)
                .bind("limit", limit)
                .map(Row.mapper(row -> new ContentOwner(row.constant("kind", ContentOwner.Kind.class), row.text("id"))))
                .list();
    }
}
