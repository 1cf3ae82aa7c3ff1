package dev.mlops.jdbc;

import dev.mlops.api.dataset.Branch;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/** The branches of data sets. */
final class DatasetBranches {
    private static final RowMapper<Branch> BRANCH = Row.mapper(DatasetBranches::branch);
    private static final String SELECT = """
            SELECT branch.*, project.name || '/' || dataset.name || ':' || version.name AS head
              FROM dataset_branch AS branch
              JOIN dataset_version AS version ON version.id = branch.head_id
              JOIN dataset ON dataset.id = branch.dataset_id
              JOIN project ON project.id = dataset.project_id
            """;

    private final Session session;

    DatasetBranches(Session session) {
        this.session = session;
    }

    void insert(Branch branch) {
        int inserted = session.update("""
                INSERT INTO dataset_branch (dataset_id, name, head_id, moved_by, moved_at)
                VALUES (:datasetId, :name, :headId, :movedBy, :movedAt)
                ON CONFLICT (dataset_id, name) DO NOTHING
                """)
                .bind("datasetId", branch.datasetId())
                .bind("name", branch.name())
                .bind("headId", branch.headId())
                .bind("movedBy", branch.movedBy())
                .bind("movedAt", branch.movedAt().toEpochMilli())
                .execute();
        if (inserted == 0) {
            throw new AlreadyExistsException(
                    "Branch '%s' exists already in data set %s".formatted(branch.name(), branch.datasetId()));
        }
    }

    Optional<Branch> find(String datasetId, String name) {
        return session.query(SELECT + "WHERE branch.dataset_id = :datasetId AND branch.name = :name")
                .bind("datasetId", datasetId)
                .bind("name", name)
                .map(BRANCH)
                .findOne();
    }

    Page<Branch> list(String datasetId, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "branches", datasetId);
        return cursor.page(
                session.query(SELECT + """
                        WHERE branch.dataset_id = :datasetId AND branch.name > :after
                        ORDER BY branch.name LIMIT :limit
                        """)
                        .bind("datasetId", datasetId)
                        .bind("after", cursor.text(0, ""))
                        .bind("limit", cursor.fetch())
                        .map(BRANCH)
                        .list(),
                branch -> List.of(branch.name()));
    }

    boolean move(Branch to, String expected) {
        return session.update("""
                UPDATE dataset_branch SET head_id = :headId, moved_by = :movedBy, moved_at = :movedAt
                 WHERE dataset_id = :datasetId AND name = :name AND head_id = :expected
                """)
                        .bind("headId", to.headId())
                        .bind("movedBy", to.movedBy())
                        .bind("movedAt", to.movedAt().toEpochMilli())
                        .bind("datasetId", to.datasetId())
                        .bind("name", to.name())
                        .bind("expected", expected)
                        .execute()
                > 0;
    }

    boolean delete(String datasetId, String name) {
        return session.update("DELETE FROM dataset_branch WHERE dataset_id = :datasetId AND name = :name")
                        .bind("datasetId", datasetId)
                        .bind("name", name)
                        .execute()
                > 0;
    }

    /** Deletes the main branch if this is its only version. */
    void deleteMainThatEndsWith(String versionId) {
        session.update("""
                DELETE FROM dataset_branch
                 WHERE head_id = :id AND name = :main
                   AND EXISTS (SELECT 1 FROM dataset_version AS version
                                WHERE version.id = :id AND version.parent_id IS NULL AND version.merged_id IS NULL)
                """).bind("id", versionId).bind("main", Branch.MAIN).execute();
    }

    private static Branch branch(Row row) throws SQLException {
        return new Branch(
                row.text("dataset_id"),
                row.text("name"),
                row.text("head_id"),
                row.text("head"),
                row.text("moved_by"),
                row.time("moved_at"));
    }
}
