package dev.mlops.jdbc;

import dev.mlops.api.dataset.VersionTag;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/** The tags of data set versions. */
final class DatasetTags {
    private static final RowMapper<VersionTag> TAG = Row.mapper(DatasetTags::tag);
    private static final String SELECT = """
            SELECT tag.*, project.name || '/' || dataset.name || ':' || version.name AS version
              FROM dataset_tag AS tag
              JOIN dataset_version AS version ON version.id = tag.version_id
              JOIN dataset ON dataset.id = tag.dataset_id
              JOIN project ON project.id = dataset.project_id
            """;

    private final Session session;

    DatasetTags(Session session) {
        this.session = session;
    }

    void insert(VersionTag tag) {
        int inserted = session.update("""
                INSERT INTO dataset_tag (dataset_id, name, version_id, tagged_by, tagged_at)
                VALUES (:datasetId, :name, :versionId, :taggedBy, :taggedAt)
                ON CONFLICT (dataset_id, name) DO NOTHING
                """)
                .bind("datasetId", tag.datasetId())
                .bind("name", tag.name())
                .bind("versionId", tag.versionId())
                .bind("taggedBy", tag.taggedBy())
                .bind("taggedAt", tag.taggedAt().toEpochMilli())
                .execute();
        if (inserted == 0) {
            throw new AlreadyExistsException(
                    "Tag '%s' exists already in data set %s".formatted(tag.name(), tag.datasetId()));
        }
    }

    Optional<VersionTag> find(String datasetId, String name) {
        return session.query(SELECT + "WHERE tag.dataset_id = :datasetId AND tag.name = :name")
                .bind("datasetId", datasetId)
                .bind("name", name)
                .map(TAG)
                .findOne();
    }

    Page<VersionTag> list(String datasetId, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "tags", datasetId);
        return cursor.page(
                session.query(SELECT + """
                        WHERE tag.dataset_id = :datasetId AND tag.name > :after
                        ORDER BY tag.name LIMIT :limit
                        """)
                        .bind("datasetId", datasetId)
                        .bind("after", cursor.text(0, ""))
                        .bind("limit", cursor.fetch())
                        .map(TAG)
                        .list(),
                tag -> List.of(tag.name()));
    }

    boolean delete(String datasetId, String name) {
        return session.update("DELETE FROM dataset_tag WHERE dataset_id = :datasetId AND name = :name")
                        .bind("datasetId", datasetId)
                        .bind("name", name)
                        .execute()
                > 0;
    }

    private static VersionTag tag(Row row) throws SQLException {
        return new VersionTag(
                row.text("dataset_id"),
                row.text("name"),
                row.text("version_id"),
                row.text("version"),
                row.text("tagged_by"),
                row.time("tagged_at"));
    }
}
