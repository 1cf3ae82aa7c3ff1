package dev.mlops.jdbc;

import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.spi.metadata.ContentRepository.IndexRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.mapper.RowMapper;

/** Indexes and which packs they list. */
final class ContentIndexes {
    private static final RowMapper<IndexRecord> INDEX =
            Row.mapper(row -> new IndexRecord(row.text("id"), row.number("blobs"), row.number("bytes")));

    private final Session session;

    ContentIndexes(Session session) {
        this.session = session;
    }

    void add(IndexRecord index, Collection<String> packIds) {
        long number = insert(index);
        session.lockRows("SELECT id FROM content_pack WHERE id IN <ids> ORDER BY sequence FOR UPDATE", packIds);
        session.update("UPDATE content_pack SET index_number = :index WHERE id IN <ids>")
                .bind("index", number)
                .bind("ids", Json.array(packIds))
                .execute();
    }

    private long insert(IndexRecord index) {
        return session.change("""
                INSERT INTO content_index (id, blobs, bytes) VALUES (:id, :blobs, :bytes)
                ON CONFLICT (id) DO NOTHING RETURNING number
                """)
                .bind("id", index.id())
                .bind("blobs", index.blobs())
                .bind("bytes", index.bytes())
                .mapTo(Long.class)
                .findOne()
                .orElseThrow(
                        () -> new AlreadyExistsException("Index '%s' is registered already".formatted(index.id())));
    }

    List<IndexRecord> inUse() {
        return session.query("SELECT id, blobs, bytes FROM content_index WHERE replaced_at IS NULL ORDER BY number")
                .map(INDEX)
                .list();
    }

    boolean replace(IndexRecord index, Collection<String> replacedIds) {
        Set<String> replaced = Set.copyOf(replacedIds);
        session.lockRows("SELECT id FROM content_index WHERE id IN <ids> ORDER BY number FOR UPDATE", replaced);
        long left = session.query("SELECT count(*) FROM content_index WHERE id IN <ids> AND replaced_at IS NULL")
                .bind("ids", Json.array(replaced))
                .mapTo(Long.class)
                .one();
        if (left < replaced.size()) {
            return false;
        }
        move(insert(index), replaced);
        return true;
    }

    private void move(long to, Set<String> replaced) {
        session.update("UPDATE content_index SET replaced_at = <now> WHERE id IN <ids>")
                .bind("ids", Json.array(replaced))
                .execute();
        session.update("""
                UPDATE content_pack SET index_number = :to
                 WHERE index_number IN (SELECT number FROM content_index WHERE id IN <ids>)
                """).bind("to", to).bind("ids", Json.array(replaced)).execute();
    }

    List<IndexRecord> replaced(Duration grace) {
        return session.query("""
                SELECT id, blobs, bytes FROM content_index WHERE replaced_at <= <now> - :grace ORDER BY number
                """).bind("grace", grace.toMillis()).map(INDEX).list();
    }

    void forget(Collection<String> indexIds) {
        session.update("DELETE FROM content_index WHERE id IN <ids> AND replaced_at IS NOT NULL")
                .bind("ids", Json.array(indexIds))
                .execute();
    }
}
