package dev.mlops.jdbc;

import dev.mlops.api.model.Alias;
import dev.mlops.api.model.AliasChange;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Aliases of models and their history. */
final class ModelAliases {
    private final Session session;

    ModelAliases(Session session) {
        this.session = session;
    }

    private record Numbered(long id, AliasChange change) {}

    /** An alias that does not exist yet has no row to lock, so the model's row stands for all its aliases. */
    void lock(String modelId) {
        session.lockRow("SELECT id FROM model WHERE id = :id FOR UPDATE", modelId);
    }

    void move(String modelId, @Nullable String versionId, AliasChange change) {
        lock(modelId);
        if (versionId == null) {
            session.update("DELETE FROM model_alias WHERE model_id = :modelId AND alias = :alias")
                    .bind("modelId", modelId)
                    .bind("alias", change.alias().name())
                    .execute();
        } else {
            put(modelId, versionId, change.alias());
        }
        record(modelId, change);
    }

    private void put(String modelId, String versionId, Alias alias) {
        session.update("""
                INSERT INTO model_alias (model_id, alias, version_id) VALUES (:modelId, :alias, :versionId)
                ON CONFLICT (model_id, alias) DO UPDATE SET version_id = excluded.version_id
                """)
                .bind("modelId", modelId)
                .bind("alias", alias.name())
                .bind("versionId", versionId)
                .execute();
    }

    private void record(String modelId, AliasChange change) {
        session.update("""
                INSERT INTO model_alias_change (model_id, alias, from_version, to_version, moved_by, moved_at)
                VALUES (:modelId, :alias, :from, :to, :by, :at)
                """)
                .bind("modelId", modelId)
                .bind("alias", change.alias().name())
                .bind("from", change.from())
                .bind("to", change.to())
                .bind("by", change.by())
                .bind("at", change.at().toEpochMilli())
                .execute();
    }

    Map<Alias, String> all(String modelId) {
        Map<Alias, String> result = new TreeMap<>(Comparator.comparing(Alias::name));
        session.query("""
                SELECT model_alias.alias, model_version.version
                  FROM model_alias JOIN model_version ON model_version.id = model_alias.version_id
                 WHERE model_alias.model_id = :modelId
                """)
                .bind("modelId", modelId)
                .map(Row.mapper(row -> Map.entry(Alias.of(row.text("alias")), row.text("version"))))
                .forEach(entry -> result.put(entry.getKey(), entry.getValue()));
        return result;
    }

    Page<AliasChange> history(String modelId, Alias alias, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "alias history", modelId, alias);
        List<Numbered> rows = session.query("""
                SELECT * FROM model_alias_change WHERE model_id = :modelId AND alias = :alias AND id < :before
                 ORDER BY id DESC LIMIT :limit
                """)
                .bind("modelId", modelId)
                .bind("alias", alias.name())
                .bind("before", cursor.number(0, Long.MAX_VALUE))
                .bind("limit", cursor.fetch())
                .map(Row.mapper(row -> new Numbered(row.number("id"), change(row))))
                .list();
        Page<Numbered> found = cursor.page(rows, row -> List.of(row.id()));
        return new Page<>(found.items().stream().map(Numbered::change).toList(), found.nextToken());
    }

    private static AliasChange change(Row row) throws SQLException {
        return new AliasChange(
                Alias.of(row.text("alias")),
                row.optionalText("from_version"),
                row.optionalText("to_version"),
                row.text("moved_by"),
                row.time("moved_at"));
    }
}
