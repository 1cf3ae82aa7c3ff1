package dev.mlops.jdbc;

import dev.mlops.api.spi.metadata.ContentRepository.DamageRecord;
import dev.mlops.api.spi.metadata.ContentRepository.PackRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Damage of packs. A blob that was mended stays noted with the pack that has it, so that whoever begins to use the
 * damaged pack later uses that one as well.
 */
final class ContentDamage {
    /** Stands for all blobs of a pack. */
    private static final String WHOLE = "";

    private final Session session;

    ContentDamage(Session session) {
        this.session = session;
    }

    List<PackRecord> leastRecentlyScrubbed(int limit) {
        return session.query(ContentPacks.SELECT + "WHERE state <> 'DEAD' ORDER BY scrubbed_at, sequence LIMIT :limit")
                .bind("limit", limit)
                .map(ContentPacks.PACK)
                .list();
    }

    void scrubbed(String packId, Collection<String> damagedBlobs) {
        session.update("UPDATE content_pack SET scrubbed_at = <now> WHERE id = :id")
                .bind("id", packId)
                .execute();
        session.update("""
                DELETE FROM content_damage
                 WHERE pack = (SELECT sequence FROM content_pack WHERE id = :id) AND mended_by IS NULL
                """).bind("id", packId).execute();
        insert(packId, damagedBlobs);
    }

    void report(String packId, Collection<String> blobs) {
        insert(packId, blobs.isEmpty() ? Set.of(WHOLE) : blobs);
    }

    private void insert(String packId, Collection<String> blobs) {
        if (blobs.isEmpty()) {
            return;
        }
        PreparedBatch batch = session.batch("""
                INSERT INTO content_damage (pack, blob)
                SELECT sequence, :blob FROM content_pack WHERE id = :id
                ON CONFLICT (pack, blob) DO NOTHING
                """);
        // In one order, so that two that report the same do not lock each other out.
        blobs.stream()
                .sorted()
                .forEach(blob -> batch.bind("id", packId).bind("blob", blob).add());
        batch.execute();
    }

    /** What is not mended, or only by a pack that is damaged there itself. */
    List<DamageRecord> list() {
        Map<String, Set<String>> blobs = new LinkedHashMap<>();
        session.query("""
                SELECT pack.id, damage.blob
                  FROM content_damage AS damage
                  JOIN content_pack AS pack ON pack.sequence = damage.pack
                 WHERE pack.state <> 'DEAD'
                   AND (damage.mended_by IS NULL
                        OR EXISTS (SELECT 1 FROM content_damage AS later
                                    WHERE later.pack = damage.mended_by AND later.mended_by IS NULL
                                      AND later.blob IN (damage.blob, :whole)))
                 ORDER BY pack.sequence, damage.blob
                """)
                .bind("whole", WHOLE)
                .map(Row.mapper(row -> Map.entry(row.text("id"), row.text("blob"))))
                .forEach(entry -> blobs.computeIfAbsent(entry.getKey(), pack -> new LinkedHashSet<>())
                        .add(entry.getValue()));
        List<DamageRecord> records = new ArrayList<>();
        blobs.forEach((pack, hurt) -> records.add(new DamageRecord(pack, hurt.contains(WHOLE) ? Set.of() : hurt)));
        return records;
    }

    void mended(String damagedPackId, String blob, String otherPackId) {
        ContentUses.lockAll(session);
        if (!note(damagedPackId, blob, otherPackId)) {
            return;
        }
        passOn(damagedPackId, blob, otherPackId);
        session.update("""
                UPDATE content_pack SET state = 'LIVE', condemned_at = NULL WHERE id = :other AND state = 'CONDEMNED'
                """).bind("other", otherPackId).execute();
        session.update("""
                INSERT INTO content_use (owner, pack)
                SELECT used.owner, other.sequence
                  FROM content_use AS used
                  JOIN content_pack AS damaged ON damaged.sequence = used.pack
                  JOIN content_pack AS other ON other.id = :other
                 WHERE damaged.id = :damaged
                ON CONFLICT DO NOTHING
                """)
                .bind("damaged", damagedPackId)
                .bind("other", otherPackId)
                .execute();
    }

    /** Notes the mending if the damage is known and neither pack is dead. */
    private boolean note(String damagedPackId, String blob, String otherPackId) {
        return session.update("""
                INSERT INTO content_damage (pack, blob, mended_by)
                SELECT damaged.sequence, :blob, other.sequence
                  FROM content_pack AS damaged
                  JOIN content_pack AS other ON other.id = :other AND other.id <> damaged.id AND other.state <> 'DEAD'
                 WHERE damaged.id = :damaged AND damaged.state <> 'DEAD'
                   AND EXISTS (SELECT 1 FROM content_damage AS damage
                                WHERE damage.pack = damaged.sequence AND damage.mended_by IS NULL
                                  AND damage.blob IN (:blob, :whole))
                ON CONFLICT (pack, blob) DO UPDATE SET mended_by = excluded.mended_by
                 WHERE content_damage.mended_by IS NULL
                """)
                        .bind("damaged", damagedPackId)
                        .bind("blob", blob)
                        .bind("whole", WHOLE)
                        .bind("other", otherPackId)
                        .execute()
                > 0;
    }

    /** What the damaged pack had mended itself is mended by the other one from now on. */
    private void passOn(String damagedPackId, String blob, String otherPackId) {
        session.update("""
                UPDATE content_damage
                   SET mended_by = (SELECT sequence FROM content_pack WHERE id = :other)
                 WHERE blob = :blob
                   AND mended_by = (SELECT sequence FROM content_pack WHERE id = :damaged)
                   AND pack <> (SELECT sequence FROM content_pack WHERE id = :other)
                """)
                .bind("blob", blob)
                .bind("damaged", damagedPackId)
                .bind("other", otherPackId)
                .execute();
    }
}
