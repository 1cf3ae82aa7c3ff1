package dev.mlops.jdbc;

import dev.mlops.api.access.Principal;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.model.Alias;
import dev.mlops.api.model.AliasChange;
import dev.mlops.api.model.Model;
import dev.mlops.api.model.ModelQuery;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.model.VersionNumbering;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.spi.metadata.ModelRepository;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Models; what concerns their versions and aliases is in {@link ModelVersions} and {@link ModelAliases}. */
final class JdbcModels implements ModelRepository {
    private static final RowMapper<Model> MODEL = Row.mapper(JdbcModels::model);
    private static final String LIST = """
            SELECT model.* FROM model JOIN project ON project.id = model.project_id
             WHERE model.project_id = :projectId
               AND (:text = '' OR <indexOf>(lower(model.name), :text) > 0
                    OR <indexOf>(lower(model.description), :text) > 0)
               AND (:label = '' OR EXISTS (SELECT 1 FROM model_label AS label
                                            WHERE label.model_id = model.id AND label.label = :label))
               AND\s""" + Viewer.mayRead("project.visibility", "project.id", "model.id");
    private static final String BY_NAME = LIST + """

               AND model.name > :after ORDER BY model.name LIMIT :limit
            """;
    private static final String NEWEST = LIST + """

               AND (model.created_at, model.id) < (:before, :id)
             ORDER BY model.created_at DESC, model.id DESC LIMIT :limit
            """;
    private static final String UPDATED = LIST + """

               AND (model.updated_at, model.id) < (:before, :id)
             ORDER BY model.updated_at DESC, model.id DESC LIMIT :limit
            """;

    private final Session session;
    private final ModelVersions versions;
    private final ModelAliases aliases;

    JdbcModels(Session session) {
        this.session = session;
        this.versions = new ModelVersions(session);
        this.aliases = new ModelAliases(session);
    }

    @Override
    public void insert(Model model) {
        int inserted = session.update("""
                INSERT INTO model (id, project_id, name, description, documents_json, numbering, created_by,
                                   created_at, updated_at)
                VALUES (:id, :projectId, :name, :description, :documents, :numbering, :createdBy,
                        :createdAt, :updatedAt)
                ON CONFLICT (project_id, name) DO NOTHING
                """)
                .bind("id", model.id())
                .bind("projectId", model.projectId())
                .bind("name", model.name())
                .bind("description", model.description())
                .bind("documents", DocumentsJson.toJson(model.documents()))
                .bind("numbering", model.numbering().name())
                .bind("createdBy", model.createdBy())
                .bind("createdAt", model.createdAt().toEpochMilli())
                .bind("updatedAt", model.updatedAt().toEpochMilli())
                .execute();
        if (inserted == 0) {
            throw new AlreadyExistsException("Model '%s' exists already in the project".formatted(model.name()));
        }
        insertLabels(model);
    }

    private void insertLabels(Model model) {
        if (!model.labels().isEmpty()) {
            PreparedBatch batch = session.batch("INSERT INTO model_label (model_id, label) VALUES (:id, :label)");
            model.labels()
                    .forEach(label ->
                            batch.bind("id", model.id()).bind("label", label).add());
            batch.execute();
        }
    }

    @Override
    public Optional<Model> find(String projectId, String name) {
        return one(session.query("SELECT * FROM model WHERE project_id = :projectId AND name = :name")
                .bind("projectId", projectId)
                .bind("name", name));
    }

    @Override
    public Optional<Model> findById(String id) {
        return one(session.query("SELECT * FROM model WHERE id = :id").bind("id", id));
    }

    private Optional<Model> one(Query query) {
        return withLabels(query.map(MODEL).list()).stream().findFirst();
    }

    @Override
    public Page<Model> list(String projectId, ModelQuery query, Principal viewer, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "models", projectId, query);
        List<Model> models = (query.order() == ModelQuery.Order.NAME
                        ? session.query(BY_NAME).bind("after", cursor.text(0, ""))
                        : session.query(query.order() == ModelQuery.Order.NEWEST ? NEWEST : UPDATED)
                                .bind("before", cursor.number(0, Long.MAX_VALUE))
                                .bind("id", cursor.text(1, "")))
                .bind("projectId", projectId)
                .bind("text", TextSearch.fold(orEmpty(query.text())))
                .bind("label", orEmpty(query.label()))
                .bind("limit", cursor.fetch())
                .bind("viewerKind", viewer.kind().name())
                .bind("viewerName", viewer.name())
                .bind("viewerGroups", Json.array(viewer.groups()))
                .map(MODEL)
                .list();
        return cursor.page(withLabels(models), model -> sortKey(query.order(), model));
    }

    private static List<?> sortKey(ModelQuery.Order order, Model model) {
        return switch (order) {
            case NAME -> List.of(model.name());
            case NEWEST -> List.of(model.createdAt().toEpochMilli(), model.id());
            case UPDATED -> List.of(model.updatedAt().toEpochMilli(), model.id());
        };
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private List<Model> withLabels(List<Model> models) {
        Map<String, List<String>> labels = session.byOwner(
                "SELECT model_id AS owner, label FROM model_label WHERE model_id IN <ids>",
                models.stream().map(Model::id).toList(),
                row -> row.text("label"));
        return models.stream()
                .map(model -> new Model(
                        model.id(),
                        model.projectId(),
                        model.name(),
                        model.description(),
                        Set.copyOf(labels.getOrDefault(model.id(), List.of())),
                        model.documents(),
                        model.numbering(),
                        model.createdBy(),
                        model.createdAt(),
                        model.updatedAt()))
                .toList();
    }

    @Override
    public void update(Model model) {
        session.update("""
                UPDATE model SET description = :description, documents_json = :documents, updated_at = :updatedAt
                 WHERE id = :id
                """)
                .bind("description", model.description())
                .bind("documents", DocumentsJson.toJson(model.documents()))
                .bind("updatedAt", model.updatedAt().toEpochMilli())
                .bind("id", model.id())
                .execute();
        session.update("DELETE FROM model_label WHERE model_id = :id")
                .bind("id", model.id())
                .execute();
        insertLabels(model);
    }

    @Override
    public long allocate(String modelId) {
        return Counter.next(session, "model", modelId, """
                UPDATE model SET last_ordinal = last_ordinal + 1 WHERE id = :id RETURNING last_ordinal
                """);
    }

    @Override
    public Optional<String> newestNumber(String modelId) {
        return session.query("SELECT version FROM model_number WHERE model_id = :id ORDER BY ordinal DESC LIMIT 1")
                .bind("id", modelId)
                .mapTo(String.class)
                .findOne();
    }

    @Override
    public void insertVersion(ModelVersion version) {
        versions.insert(version);
    }

    @Override
    public Optional<ModelVersion> findVersion(String modelId, String version) {
        return versions.find(modelId, version);
    }

    @Override
    public Optional<ModelVersion> findVersionById(String id) {
        return versions.findById(id);
    }

    @Override
    public Optional<ModelVersion> latestVersion(String modelId) {
        return versions.latest(modelId);
    }

    @Override
    public Page<ModelVersion> versions(String modelId, PageRequest page) {
        return versions.list(modelId, page);
    }

    @Override
    public Optional<ModelVersion> findAlias(String modelId, Alias alias) {
        return versions.findByAlias(modelId, alias);
    }

    @Override
    public Optional<ModelVersion> lockAlias(String modelId, Alias alias) {
        aliases.lock(modelId);
        return versions.findByAlias(modelId, alias);
    }

    @Override
    public void moveAlias(String modelId, @Nullable String versionId, AliasChange change) {
        aliases.move(modelId, versionId, change);
    }

    @Override
    public Map<Alias, String> aliases(String modelId) {
        return aliases.all(modelId);
    }

    @Override
    public Page<AliasChange> aliasHistory(String modelId, Alias alias, PageRequest page) {
        return aliases.history(modelId, alias, page);
    }

    @Override
    public List<String> users(String versionId) {
        return versions.users(versionId);
    }

    @Override
    public void deleteVersion(String id) {
        versions.delete(id);
    }

    @Override
    public void delete(String id) {
        versions.detachDeployments("WHERE version.model_id = :id", id);
        session.update("DELETE FROM model_alias WHERE model_id = :id")
                .bind("id", id)
                .execute();
        session.update("DELETE FROM model_version WHERE model_id = :id")
                .bind("id", id)
                .execute();
        session.update("DELETE FROM model WHERE id = :id").bind("id", id).execute();
    }

    private static Model model(Row row) throws SQLException {
        return new Model(
                row.text("id"),
                row.text("project_id"),
                row.text("name"),
                row.text("description"),
                Set.of(),
                DocumentsJson.fromJson(row.text("documents_json")),
                row.constant("numbering", VersionNumbering.class),
                row.text("created_by"),
                row.time("created_at"),
                row.time("updated_at"));
    }
}
