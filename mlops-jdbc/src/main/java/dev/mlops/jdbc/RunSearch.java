package dev.mlops.jdbc;

import dev.mlops.api.access.Principal;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.run.LifecycleView;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunOrder;
import dev.mlops.api.run.RunQuery;
import dev.mlops.api.run.RunStatus;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * One search of runs as one query. Inside, a subquery finds the runs and gives the value of each order as a column
 * {@code order0}, {@code order1} …; outside, these are sorted, with those that are NULL (missing or NaN) last, and cut
 * after the key of the page token.
 */
final class RunSearch {
    private final RunQuery query;
    private final String projectId;
    private final PageCursor cursor;
    private final Parameters parameters = new Parameters();

    RunSearch(String projectId, RunQuery query, PageRequest page) {
        this.projectId = projectId;
        this.query = query;
        this.cursor = PageCursor.of(
                page,
                "runs",
                projectId,
                query.experiments(),
                query.statuses().stream().sorted().toList(),
                query.view(),
                query.filter(),
                query.order());
    }

    private record Found(Run run, List<@Nullable Object> key) {}

    Page<Run> run(Session session, Principal viewer) {
        Query sql = Viewer.bind(session.query(sql()), viewer)
                .bind("projectId", projectId)
                .bind("limit", cursor.fetch());
        Page<Found> found =
                cursor.page(parameters.bind(sql).map(Row.mapper(this::found)).list(), Found::key);
        return new Page<>(found.items().stream().map(Found::run).toList(), found.nextToken());
    }

    private Found found(Row row) throws SQLException {
        Run run = JdbcRuns.run(row);
        List<@Nullable Object> key = new ArrayList<>();
        for (int i = 0; i < query.order().size(); i++) {
            key.add(row.value("order" + i));
        }
        key.add(run.startedAt().toEpochMilli());
        key.add(run.id());
        return new Found(run, key);
    }

    private String sql() {
        StringBuilder sql = new StringBuilder("SELECT * FROM (\nSELECT run.*, experiment.name AS experiment");
        StringBuilder joins = new StringBuilder();
        for (int i = 0; i < query.order().size(); i++) {
            RunColumn column = RunColumn.of(query.order().get(i).field());
            sql.append(", ")
                    .append(column.orderValue("o" + i))
                    .append(" AS order")
                    .append(i);
            joins.append(column.join("o" + i, parameters));
        }
        sql.append("""

                  FROM run
                  JOIN experiment ON experiment.id = run.experiment_id
                  JOIN project ON project.id = run.project_id
                """).append(joins).append(conditions()).append(") AS found");
        return sql.append(after()).append(orderBy()).append("\nLIMIT :limit").toString();
    }

    private String conditions() {
        List<String> all = new ArrayList<>(List.of("run.project_id = :projectId"));
        if (!query.experiments().isEmpty()) {
            all.add("experiment.name IN " + parameters.list(query.experiments()));
        }
        if (!query.statuses().isEmpty()) {
            all.add("run.status IN "
                    + parameters.list(
                            query.statuses().stream().map(RunStatus::name).toList()));
        }
        if (query.view() != LifecycleView.ALL) {
            all.add(
                    query.view() == LifecycleView.ACTIVE_ONLY
                            ? "run.lifecycle = 'ACTIVE' AND experiment.lifecycle = 'ACTIVE'"
                            : "(run.lifecycle = 'DELETED' OR experiment.lifecycle = 'DELETED')");
        }
        query.filter().ifPresent(filter -> all.add(new RunCondition(parameters).sql(filter)));
        all.add(Viewer.mayRead("project.visibility", "project.id", "experiment.id"));
        return " WHERE " + String.join("\n   AND ", all);
    }

    private String orderBy() {
        StringBuilder sql = new StringBuilder("\nORDER BY ");
        for (int i = 0; i < query.order().size(); i++) {
            String direction = query.order().get(i).direction().name();
            sql.append("CASE WHEN order%1$d IS NULL THEN 1 ELSE 0 END, order%1$d %2$s, ".formatted(i, direction));
        }
        return sql.append("started_at DESC, id DESC").toString();
    }

    /** Lexicographic "after the key": some prefix of the orders is equal and the next one is after. */
    private String after() {
        if (cursor.isFirst()) {
            return "";
        }
        int orders = query.order().size();
        String tail = "(started_at, id) < (%s, %s)"
                .formatted(parameters.add(cursor.number(orders, 0)), parameters.add(cursor.text(orders + 1, "")));
        String condition = tail;
        for (int i = orders - 1; i >= 0; i--) {
            condition = after(i, condition);
        }
        return "\nWHERE " + condition;
    }

    private String after(int order, String rest) {
        String column = "order" + order;
        if (cursor.part(order) == null) {
            return "(%s IS NULL AND %s)".formatted(column, rest);
        }
        RunOrder runOrder = query.order().get(order);
        Object value = runOrder.field().isNumeric() ? (Object) cursor.real(order, 0) : cursor.text(order, "");
        String parameter = parameters.add(value);
        String beyond = runOrder.direction() == RunOrder.Direction.ASC ? ">" : "<";
        return "(%1$s IS NULL OR %1$s %2$s %3$s OR %1$s = %3$s AND %4$s)".formatted(column, beyond, parameter, rest);
    }
}
