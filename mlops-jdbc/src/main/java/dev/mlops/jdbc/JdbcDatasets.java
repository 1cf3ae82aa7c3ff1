package dev.mlops.jdbc;

import dev.mlops.api.access.Principal;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Contribution;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.VersionTag;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.spi.metadata.DatasetRepository;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/** Data sets and their versions. */
final class JdbcDatasets implements DatasetRepository {
    private static final RowMapper<Dataset> DATASET = Row.mapper(JdbcDatasets::dataset);
    private static final RowMapper<DatasetVersion> VERSION = Row.mapper(JdbcDatasets::version);
    private static final String SELECT = """
            SELECT dataset.*, dataset_current.version_id AS current_version_id
              FROM dataset LEFT JOIN dataset_current ON dataset_current.dataset_id = dataset.id
            """;
    private static final String LIST = """
            SELECT dataset.*, dataset_current.version_id AS current_version_id
              FROM dataset JOIN project ON project.id = dataset.project_id
              LEFT JOIN dataset_current ON dataset_current.dataset_id = dataset.id
             WHERE dataset.project_id = :projectId AND dataset.name > :after
               AND (:text = '' OR <indexOf>(lower(dataset.name), :text) > 0
                    OR <indexOf>(lower(dataset.description), :text) > 0)
               AND\s""" + Viewer.mayRead("project.visibility", "project.id", "dataset.id") + """

             ORDER BY dataset.name LIMIT :limit
            """;
    private static final String SELECT_VERSION = """
            SELECT version.*, dataset.project_id,
                   project.name || '/' || dataset.name || ':' || version.name AS reference
              FROM dataset_version AS version
              JOIN dataset ON dataset.id = version.dataset_id
              JOIN project ON project.id = dataset.project_id
            """;

    private final Session session;
    private final DatasetBranches branches;
    private final DatasetTags tags;
    private final DatasetContributions contributions;

    JdbcDatasets(Session session) {
        this.session = session;
        this.branches = new DatasetBranches(session);
        this.tags = new DatasetTags(session);
        this.contributions = new DatasetContributions(session);
    }

    @Override
    public void insert(Dataset dataset) {
        int inserted = session.update("""
                INSERT INTO dataset (id, project_id, name, description, metadata_json, created_by, created_at)
                VALUES (:id, :projectId, :name, :description, :metadata, :createdBy, :createdAt)
                ON CONFLICT (project_id, name) DO NOTHING
                """)
                .bind("id", dataset.id())
                .bind("projectId", dataset.projectId())
                .bind("name", dataset.name())
                .bind("description", dataset.description())
                .bind("metadata", TextMapJson.toJson(dataset.metadata()))
                .bind("createdBy", dataset.createdBy())
                .bind("createdAt", dataset.createdAt().toEpochMilli())
                .execute();
        if (inserted == 0) {
            throw new AlreadyExistsException("Data set '%s' exists already in the project".formatted(dataset.name()));
        }
    }

    @Override
    public Optional<Dataset> find(String projectId, String name) {
        return session.query(SELECT + "WHERE dataset.project_id = :projectId AND dataset.name = :name")
                .bind("projectId", projectId)
                .bind("name", name)
                .map(DATASET)
                .findOne();
    }

    @Override
    public Optional<Dataset> findById(String id) {
        return session.query(SELECT + "WHERE dataset.id = :id")
                .bind("id", id)
                .map(DATASET)
                .findOne();
    }

    @Override
    public Page<Dataset> list(String projectId, String text, Principal viewer, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "data sets", projectId, text);
        return cursor.page(
                Viewer.bind(session.query(LIST), viewer)
                        .bind("projectId", projectId)
                        .bind("text", TextSearch.fold(text))
                        .bind("after", cursor.text(0, ""))
                        .bind("limit", cursor.fetch())
                        .map(DATASET)
                        .list(),
                dataset -> List.of(dataset.name()));
    }

    @Override
    public void update(Dataset dataset) {
        session.update("UPDATE dataset SET description = :description, metadata_json = :metadata WHERE id = :id")
                .bind("description", dataset.description())
                .bind("metadata", TextMapJson.toJson(dataset.metadata()))
                .bind("id", dataset.id())
                .execute();
    }

    @Override
    public long allocate(String datasetId) {
        return Counter.next(session, "data set", datasetId, """
                UPDATE dataset SET last_ordinal = last_ordinal + 1 WHERE id = :id RETURNING last_ordinal
                """);
    }

    @Override
    public void insertVersion(DatasetVersion version) {
        int inserted = session.update("""
                INSERT INTO dataset_version (id, dataset_id, name, ordinal, parent_id, merged_id, author, message, metadata_json, manifest,
                                             files, bytes, splits_json, created_by, created_at)
                VALUES (:id, :datasetId, :name, :ordinal, :parentId, :mergedId, :author, :message, :metadata, :manifest,
                        :files, :bytes, :splits, :createdBy, :createdAt)
                ON CONFLICT (dataset_id, name) DO NOTHING
                """)
                .bind("id", version.id())
                .bind("datasetId", version.datasetId())
                .bind("name", version.name())
                .bind("ordinal", version.ordinal())
                .bind("parentId", version.parentId())
                .bind("mergedId", version.mergedId())
                .bind("author", version.author())
                .bind("message", version.message())
                .bind("metadata", TextMapJson.toJson(version.metadata()))
                .bind("manifest", version.manifest().hex())
                .bind("files", version.files())
                .bind("bytes", version.bytes())
                .bind("splits", SplitsJson.toJson(version.splits()))
                .bind("createdBy", version.createdBy())
                .bind("createdAt", version.createdAt().toEpochMilli())
                .execute();
        if (inserted == 0) {
            throw new AlreadyExistsException("Version '%s' exists already in data set %s; choose another name"
                    .formatted(version.name(), version.datasetId()));
        }
    }

    @Override
    public Optional<DatasetVersion> findVersion(String datasetId, String name) {
        return session.query(SELECT_VERSION + "WHERE version.dataset_id = :datasetId AND version.name = :name")
                .bind("datasetId", datasetId)
                .bind("name", name)
                .map(VERSION)
                .findOne();
    }

    @Override
    public Optional<DatasetVersion> findVersionById(String id) {
        return session.query(SELECT_VERSION + "WHERE version.id = :id")
                .bind("id", id)
                .map(VERSION)
                .findOne();
    }

    @Override
    public Page<DatasetVersion> versions(String datasetId, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "data set versions", datasetId);
        return cursor.page(
                session.query(SELECT_VERSION + """
                        WHERE version.dataset_id = :datasetId AND version.ordinal < :before
                        ORDER BY version.ordinal DESC LIMIT :limit
                        """)
                        .bind("datasetId", datasetId)
                        .bind("before", cursor.number(0, Long.MAX_VALUE))
                        .bind("limit", cursor.fetch())
                        .map(VERSION)
                        .list(),
                version -> List.of(version.ordinal()));
    }

    @Override
    public boolean moveCurrent(String datasetId, @Nullable String expected, @Nullable String versionId) {
        lock(datasetId);
        return Pointer.DATASET_CURRENT.move(session, datasetId, expected, versionId);
    }

    @Override
    public List<String> users(String versionId) {
        return session.query("""
                SELECT words FROM (
                    SELECT DISTINCT 'run ' || run.name || ' (run:' || run.id || ')' AS words
                      FROM run_dataset JOIN run ON run.id = run_dataset.run_id
                     WHERE run_dataset.dataset_version_id = :id
                    UNION ALL
                    SELECT 'model version ' || project.name || '/' || model.name || ':' || version.version
                      FROM model_version_dataset AS source
                      JOIN model_version AS version ON version.id = source.version_id
                      JOIN model ON model.id = version.model_id
                      JOIN project ON project.id = model.project_id
                     WHERE source.dataset_version_id = :id
                    UNION ALL
                    SELECT 'application version ' || project.name || '/' || application.name || ':' || version.number
                      FROM application_dataset_pin AS pin
                      JOIN application_version AS version ON version.id = pin.version_id
                      JOIN application ON application.id = version.application_id
                      JOIN project ON project.id = application.project_id
                     WHERE pin.dataset_version_id = :id
                    UNION ALL
                    SELECT 'branch ' || dataset_branch.name FROM dataset_branch
                     WHERE dataset_branch.head_id = :id AND dataset_branch.name <> 'main'
                    UNION ALL
                    SELECT 'tag ' || dataset_tag.name FROM dataset_tag WHERE dataset_tag.version_id = :id
                ) AS users LIMIT 20
                """).bind("id", versionId).mapTo(String.class).list();
    }

    @Override
    public void deleteVersion(String id) {
        branches.deleteMainThatEndsWith(id);
        handParentsDown(id);
        session.update("DELETE FROM dataset_version WHERE id = :id")
                .bind("id", id)
                .execute();
    }

    /** What came from it then comes from its parents; otherwise branches would lose the ancestor that they have in common. */
    private void handParentsDown(String id) {
        session.update("""
                UPDATE dataset_version
                   SET parent_id = (SELECT gone.parent_id FROM dataset_version AS gone WHERE gone.id = :id),
                       merged_id = COALESCE(
                           merged_id, (SELECT gone.merged_id FROM dataset_version AS gone WHERE gone.id = :id))
                 WHERE parent_id = :id
                """).bind("id", id).execute();
        session.update("""
                UPDATE dataset_version
                   SET merged_id = (SELECT gone.parent_id FROM dataset_version AS gone WHERE gone.id = :id)
                 WHERE merged_id = :id
                """).bind("id", id).execute();
    }

    @Override
    public void delete(String id) {
        session.update("DELETE FROM dataset WHERE id = :id").bind("id", id).execute();
    }

    private static Dataset dataset(Row row) throws SQLException {
        return new Dataset(
                row.text("id"),
                row.text("project_id"),
                row.text("name"),
                row.text("description"),
                TextMapJson.fromJson(row.text("metadata_json")),
                row.optionalText("current_version_id"),
                row.text("created_by"),
                row.time("created_at"));
    }

    private static DatasetVersion version(Row row) throws SQLException {
        return new DatasetVersion(
                row.text("id"),
                row.text("project_id"),
                row.text("dataset_id"),
                row.text("reference"),
                row.text("name"),
                row.number("ordinal"),
                row.optionalText("parent_id"),
                row.optionalText("merged_id"),
                row.text("message"),
                TextMapJson.fromJson(row.text("metadata_json")),
                row.sha256("manifest"),
                row.number("files"),
                row.number("bytes"),
                SplitsJson.fromJson(row.text("splits_json")),
                row.text("author"),
                row.text("created_by"),
                row.time("created_at"));
    }

    @Override
    public void lock(String datasetId) {
        session.lockRow("SELECT id FROM dataset WHERE id = :id FOR UPDATE", datasetId);
    }

    @Override
    public void insertBranch(Branch branch) {
        branches.insert(branch);
    }

    @Override
    public Optional<Branch> findBranch(String datasetId, String name) {
        return branches.find(datasetId, name);
    }

    @Override
    public Page<Branch> branches(String datasetId, PageRequest page) {
        return branches.list(datasetId, page);
    }

    @Override
    public boolean moveBranch(Branch to, String expected) {
        lock(to.datasetId());
        return branches.move(to, expected);
    }

    @Override
    public boolean deleteBranch(String datasetId, String name) {
        lock(datasetId);
        return branches.delete(datasetId, name);
    }

    @Override
    public void insertTag(VersionTag tag) {
        tags.insert(tag);
    }

    @Override
    public Optional<VersionTag> findTag(String datasetId, String name) {
        return tags.find(datasetId, name);
    }

    @Override
    public Page<VersionTag> tags(String datasetId, PageRequest page) {
        return tags.list(datasetId, page);
    }

    @Override
    public boolean deleteTag(String datasetId, String name) {
        lock(datasetId);
        return tags.delete(datasetId, name);
    }

    @Override
    public Contribution insertContribution(Contribution contribution) {
        return contributions.insert(contribution);
    }

    @Override
    public Optional<Contribution> findContribution(String datasetId, long number) {
        return contributions.find(datasetId, number);
    }

    @Override
    public Page<Contribution> contributions(String datasetId, PageRequest page) {
        return contributions.list(datasetId, page);
    }

    @Override
    public boolean decideContribution(Contribution contribution) {
        lock(contribution.datasetId());
        return contributions.decide(contribution);
    }
}
